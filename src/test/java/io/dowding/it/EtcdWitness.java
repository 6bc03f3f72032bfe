package io.dowding.it;

import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Decodes the requests on an agent's connections to etcd: its writing transactions and its lease
 * renewals.
 */
final class EtcdWitness {

  private static final int PREFACE = 24;
  private static final int FRAME_HEAD = 9;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int PADDED = 8;
  private static final int PRIORITY = 32;
  private static final int MESSAGE_HEAD = 5;

  private final Queue<TxnRequest> writes = new ConcurrentLinkedQueue<>();
  private final Queue<Long> renewals = new ConcurrentLinkedQueue<>();

  /** The transactions that write. */
  List<TxnRequest> writes() {
    return List.copyOf(writes);
  }

  /** When the lease was granted or renewed, as {@link System#nanoTime()}. */
  List<Long> renewals() {
    return List.copyOf(renewals);
  }

  /** Whether the write depends on a candidacy below this prefix. */
  static boolean isFenced(TxnRequest write, String candidacies) {
    return write.getCompareList().stream()
        .anyMatch(
            compare ->
                compare.getTarget() == Compare.CompareTarget.CREATE
                    && compare.getCreateRevision() > 0
                    && compare.getKey().toStringUtf8().startsWith(candidacies));
  }

  /** Whether it writes only keys below this prefix. */
  static boolean isOnlyOn(TxnRequest write, String prefix) {
    return write.getSuccessList().stream()
        .filter(EtcdWitness::isWrite)
        .allMatch(
            operation ->
                (operation.hasRequestPut()
                        ? operation.getRequestPut().getKey()
                        : operation.getRequestDeleteRange().getKey())
                    .toStringUtf8()
                    .startsWith(prefix));
  }

  /** Starts to decode another connection. */
  TcpProxy.Listener connection() {
    return new Connection();
  }

  private void asked(String path, byte[] message) {
    if (path.endsWith("/LeaseKeepAlive") || path.endsWith("/LeaseGrant")) {
      renewals.add(System.nanoTime());
    }
    if (path.endsWith("/Txn")) {
      try {
        TxnRequest txn = TxnRequest.parseFrom(message);
        if (txn.getSuccessList().stream().anyMatch(EtcdWitness::isWrite)) {
          writes.add(txn);
        }
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
  }

  private static boolean isWrite(RequestOp operation) {
    return operation.hasRequestPut() || operation.hasRequestDeleteRange();
  }

  /** A connection that carries gRPC messages in HTTP/2 frames. */
  private final class Connection implements TcpProxy.Listener {
    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, String> paths = new HashMap<>();
    private final Map<Integer, ByteArrayOutputStream> messages = new HashMap<>();
    private ByteBuffer pending = ByteBuffer.allocate(0);
    private int skip = PREFACE;

    @Override
    public void sent(byte[] buffer, int length) {
      ByteBuffer all = ByteBuffer.allocate(pending.remaining() + length);
      all.put(pending).put(buffer, 0, length).flip();
      int skipped = Math.min(skip, all.remaining());
      all.position(skipped);
      skip -= skipped;
      while (all.remaining() >= FRAME_HEAD) {
        int start = all.position();
        int size = ((all.getShort(start) & 0xffff) << 8) | (all.get(start + 2) & 0xff);
        if (all.remaining() < FRAME_HEAD + size) {
          break;
        }
        byte[] payload = new byte[size];
        all.get(start + FRAME_HEAD, payload);
        frame(all.get(start + 3), all.get(start + 4), all.getInt(start + 5), payload);
        all.position(start + FRAME_HEAD + size);
      }
      pending = all.slice();
    }

    private void frame(int type, int flags, int stream, byte[] payload) {
      int from = (flags & PADDED) == 0 ? 0 : 1;
      int to = payload.length - (from == 0 ? 0 : payload[0] & 0xff);
      if (type == HEADERS) {
        from += (flags & PRIORITY) == 0 ? 0 : 5;
        try {
          var decoded =
              headers.decodeHeaders(stream, Unpooled.wrappedBuffer(payload, from, to - from));
          paths.put(stream, String.valueOf(decoded.path()));
        } catch (Http2Exception unreadable) {
          throw new IllegalStateException(unreadable);
        }
      } else if (type == DATA) {
        ByteArrayOutputStream message =
            messages.computeIfAbsent(stream, s -> new ByteArrayOutputStream());
        message.write(payload, from, to - from);
        messages.put(stream, take(paths.getOrDefault(stream, ""), message.toByteArray()));
      }
    }

    /** Consumes the complete messages, and returns the rest. */
    private ByteArrayOutputStream take(String path, byte[] bytes) {
      ByteBuffer all = ByteBuffer.wrap(bytes);
      while (all.remaining() >= MESSAGE_HEAD
          && all.remaining() - MESSAGE_HEAD >= all.getInt(all.position() + 1)) {
        byte[] message = new byte[all.getInt(all.position() + 1)];
        all.position(all.position() + MESSAGE_HEAD);
        all.get(message);
        asked(path, message);
      }
      ByteArrayOutputStream left = new ByteArrayOutputStream();
      left.write(bytes, all.position(), all.remaining());
      return left;
    }
  }
}
