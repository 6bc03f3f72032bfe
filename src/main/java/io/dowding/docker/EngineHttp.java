package io.dowding.docker;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.UnixSocket;
import io.dowding.model.SshEndpoint;
import io.dowding.tls.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to one engine, over TCP, TLS, SSH or a Unix socket, with only what engines need: no
 * redirects, proxies, cookies, logins, decompression or retries. Every part of an answer has a
 * limit. Thread-safe.
 */
final class EngineHttp implements DockerHttpClient {

  /** The longest answer to a request without a limit of its own. */
  static final int SMALL = 1 << 20;

  /** The only content type besides JSON. */
  static final String TAR = "application/x-tar";

  /** Each followed log takes one; calls have their own, lower limits. */
  private static final int MOST_CONNECTIONS = 1000;

  private static final TimeValue IDLE = TimeValue.ofSeconds(30);
  private static final Http1Config HEADERS =
      Http1Config.custom()
          .setMaxHeaderCount(100)
          .setMaxLineLength(16 << 10)
          .setMaxEmptyLineCount(10)
          // Each connection has two; with many hosts they are most of the memory.
          .setBufferSize(2 << 10)
          .build();

  private final HttpHost host;
  private final PoolingHttpClientConnectionManager connections;
  private final CloseableHttpClient client;
  private final URI docker;
  private final @Nullable Tls tls;
  private final @Nullable Ssh ssh;
  private final Duration connect;
  private final Duration silence;
  private final Gate gate;

  /**
   * @param docker {@code ssh://user@host:port}, {@code tcp://address:port} or {@code unix://path}
   * @param tls for TLS over TCP, or null
   * @param sshConfig as in {@link DockerSettings}
   * @param connect the time limit of connecting
   * @param silence the longest pause within an answer, unless the request has its own; not enforced
   *     on a Unix socket
   * @param gate decides what may be sent
   */
  EngineHttp(
      URI docker,
      @Nullable Tls tls,
      @Nullable Path sshConfig,
      Duration connect,
      Duration silence,
      Gate gate) {
    this.docker = docker;
    boolean direct = "tcp".equals(docker.getScheme());
    this.tls = direct ? tls : null;
    SshEndpoint far = SshEndpoint.of(docker.toString());
    this.ssh = far == null ? null : new Ssh(far, sshConfig, connect);
    this.connect = connect;
    this.silence = silence;
    this.gate = gate;
    this.host =
        direct
            ? new HttpHost(tls == null ? "http" : "https", docker.getHost(), docker.getPort())
            : new HttpHost("http", "localhost", 2375);
    var strategy = tls == null ? null : strategy(tls);
    this.connections =
        new PoolingHttpClientConnectionManager(
            new DefaultHttpClientConnectionOperator(
                proxy -> socket(),
                DefaultSchemePortResolver.INSTANCE,
                SystemDefaultDnsResolver.INSTANCE,
                scheme -> "https".equals(scheme) ? strategy : null),
            null,
            null,
            null,
            ManagedHttpClientConnectionFactory.builder().http1Config(HEADERS).build());
    connections.setMaxTotal(MOST_CONNECTIONS);
    connections.setDefaultMaxPerRoute(MOST_CONNECTIONS);
    // Checking whether a connection is alive means reading from it, which blocks unless it is TCP.
    connections.setDefaultConnectionConfig(
        ConnectionConfig.custom()
            .setConnectTimeout(Timeout.of(connect))
            .setValidateAfterInactivity(TimeValue.NEG_ONE_SECOND)
            .build());
    connections.setDefaultSocketConfig(
        SocketConfig.custom().setSoTimeout(Timeout.ZERO_MILLISECONDS).setSoKeepAlive(true).build());
    this.client =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            .disableRedirectHandling()
            .disableContentCompression()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableConnectionState()
            .build();
  }

  private static DefaultClientTlsStrategy strategy(Tls tls) {
    // Without a verifier of its own, it and the JDK both verify the name.
    return new DefaultClientTlsStrategy(
        tls.context(),
        TlsFiles.versions(),
        null,
        SSLBufferMode.STATIC,
        HostnameVerificationPolicy.BOTH,
        null);
  }

  /** For docker-java: a whole answer, which must be short. */
  @Override
  public Response execute(Request request) {
    byte[] bytes = request.bodyBytes();
    InputStream body = bytes == null ? request.body() : new ByteArrayInputStream(bytes);
    try (Exchange exchange =
        open(request.method(), request.path(), request.headers(), body, silence)) {
      int status = exchange.status();
      boolean isError = status >= 300;
      return new Whole(
          status, isError ? exchange.beginning() : exchange.body(SMALL).readAllBytes());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /**
   * Sends a request and waits for the status of its answer.
   *
   * @param silence the longest pause within the answer; zero for any
   * @throws DockerException if the answer is a redirect
   */
  Exchange open(
      String method,
      String path,
      Map<String, String> headers,
      @Nullable InputStream body,
      Duration silence)
      throws IOException {
    HttpUriRequestBase request = new HttpUriRequestBase(method, URI.create(path));
    request.setConfig(
        RequestConfig.custom()
            .setResponseTimeout(Timeout.of(silence))
            .setRedirectsEnabled(false)
            .setContentCompressionEnabled(false)
            .setAuthenticationEnabled(false)
            .setProtocolUpgradeEnabled(false)
            .build());
    headers.forEach(request::addHeader);
    if (body instanceof ByteArrayInputStream bytes) {
      byte[] all = bytes.readAllBytes();
      if (!headers.containsValue(TAR)) {
        gate.check(path, all);
      }
      request.setEntity(new ByteArrayEntity(all, null));
    } else if (body != null) {
      request.setEntity(new InputStreamEntity(body, null));
    }
    Exchange exchange = new Exchange(path, request, sent(request));
    int status = exchange.status();
    if (status >= 300 && status < 400 && status != 304) {
      exchange.close();
      throw new DockerException(
          "it answered "
              + status
              + ", a redirect, which dowding does not follow: set this host's docker: to the address of"
              + " the engine itself",
          status);
    }
    return exchange;
  }

  private IOException explained(IOException failed) {
    return tls == null ? failed : tls.explained(failed);
  }

  private ClassicHttpResponse sent(HttpUriRequestBase request) throws IOException {
    try {
      return client.executeOpen(host, request, null);
    } catch (IOException failed) {
      throw explained(failed);
    }
  }

  /**
   * Sends a request on a connection of its own, of which both directions then belong to the caller.
   *
   * @throws DockerException if it is refused
   */
  Attached attach(String path, byte[] json) throws IOException {
    gate.check(path, json);
    Socket socket = null;
    try {
      socket = connected();
      DefaultBHttpClientConnection http = new DefaultBHttpClientConnection(HEADERS);
      http.bind(socket);
      ClassicHttpRequest request = new BasicClassicHttpRequest("POST", host, path);
      request.addHeader("Host", host.toHostString());
      request.addHeader("Content-Type", "application/json");
      request.addHeader("Content-Length", json.length);
      request.setEntity(new ByteArrayEntity(json, null));
      http.sendRequestHeader(request);
      http.sendRequestEntity(request);
      http.flush();
      ClassicHttpResponse response = http.receiveResponseHeader();
      http.receiveResponseEntity(response);
      InputStream body =
          response.getEntity() == null
              ? InputStream.nullInputStream()
              : response.getEntity().getContent();
      if (response.getCode() != 200) {
        throw refusal(
            response.getCode(), new String(body.readNBytes(SMALL), StandardCharsets.UTF_8));
      }
      return new Attached(socket, body);
    } catch (HttpException malformed) {
      close(socket);
      throw new IOException(malformed);
    } catch (IOException failed) {
      close(socket);
      throw explained(failed);
    } catch (RuntimeException failed) {
      close(socket);
      throw failed;
    }
  }

  private static void close(@Nullable Socket socket) throws IOException {
    if (socket != null) {
      socket.close();
    }
  }

  private Socket socket() throws IOException {
    if (ssh != null) {
      return ssh.socket();
    }
    return "unix".equals(docker.getScheme()) ? unix() : new Socket();
  }

  private Socket unix() throws IOException {
    try {
      return UnixSocket.get(docker.getPath());
    } catch (IOException refused) {
      throw new IOException(
          docker
              + ": "
              + refused.getMessage()
              + ": check that Docker runs on this machine, and that this user may use its socket",
          refused);
    }
  }

  private Socket connected() throws IOException {
    if (!"tcp".equals(docker.getScheme())) {
      Socket socket = socket();
      socket.connect(new InetSocketAddress(0), (int) connect.toMillis());
      return socket;
    }
    Socket plain = new Socket();
    plain.setKeepAlive(true);
    plain.connect(
        new InetSocketAddress(docker.getHost(), docker.getPort()), (int) connect.toMillis());
    if (tls == null) {
      return plain;
    }
    SSLSocket socket =
        (SSLSocket)
            tls.context()
                .getSocketFactory()
                .createSocket(plain, docker.getHost(), docker.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(TlsFiles.versions());
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** The exception that docker-java throws for this status. */
  static DockerException refusal(int status, String words) {
    return switch (status) {
      case 304 -> new NotModifiedException(words);
      case 400 -> new BadRequestException(words);
      case 404 -> new NotFoundException(words);
      case 409 -> new ConflictException(words);
      case 500 -> new InternalServerErrorException(words);
      default -> new DockerException(words.isBlank() ? "no reason given" : words, status);
    };
  }

  /** Whether the files of its certificates have other contents now. */
  boolean hasOldCertificates() {
    return tls != null && tls.isReplaced();
  }

  /** Closes connections that a burst of calls has left. */
  void closeIdle() {
    connections.closeIdle(IDLE);
  }

  /** Ends all requests, including those under way. */
  @Override
  public void close() {
    connections.close(CloseMode.IMMEDIATE);
    client.close(CloseMode.IMMEDIATE);
    if (ssh != null) {
      ssh.close();
    }
  }

  /** An answer that is read to its end. */
  private static final class Whole implements Response {
    private final int status;
    private final byte[] bytes;

    Whole(int status, byte[] bytes) {
      this.status = status;
      this.bytes = bytes;
    }

    @Override
    public int getStatusCode() {
      return status;
    }

    @Override
    public Map<String, List<String>> getHeaders() {
      return Map.of();
    }

    @Override
    public InputStream getBody() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public void close() {}
  }
}
