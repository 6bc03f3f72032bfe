package io.dowding.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;

/** Sends what its gate lets leave. */
final class TableTransport implements DockerHttpClient {

  private final DockerHttpClient http;
  private final Gate gate;

  TableTransport(DockerHttpClient http, Gate gate) {
    this.http = http;
    this.gate = gate;
  }

  @Override
  public Response execute(Request request) {
    byte[] json = request.bodyBytes();
    if (json != null) {
      gate.check(request.path(), json);
    }
    return http.execute(request);
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
