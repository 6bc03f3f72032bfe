package io.dowding.etcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Answers reads on a port of the loopback, as an etcd without keys does. */
public final class EmptyEtcd implements AutoCloseable {

  private final Server server;

  /**
   * Starts it.
   *
   * @throws IOException if no port is free
   */
  public EmptyEtcd() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Keys())
            .build()
            .start();
  }

  /** Where it listens. */
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static final class Keys extends KVGrpc.KVImplBase {
    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      answer.onNext(
          RangeResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(1)).build());
      answer.onCompleted();
    }
  }
}
