package io.dowding.docker;

import io.dowding.model.Printable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/** Why TLS with an engine failed, and what to do about it. */
final class TlsProblem {

  private static final int LONGEST = 160;
  private static final String MAKES = "; dowding tls init makes such certificates";
  private static final String EXPIRED =
      "which has expired: replace it and its key.pem (dowding tls init --renew)";
  private static final String OLD =
      "the engine does not offer TLS 1.2 or newer: update Docker there, or the proxy in front of it";
  private static final String ANOTHER_AUTHORITY =
      "the engine's certificate is not signed by DIR/ca.pem: give the engine one that is, or correct"
          + " ca.pem"
          + MAKES;
  private static final String REFUSED =
      "the engine refuses DIR/cert.pem: sign it, for clients, with the CA of the engine's tlscacert";

  /**
   * @param said a part of the JDK's message, in lower case
   * @param means what it means; {@code DIR} stands for the directory of the certificates
   */
  private record Meaning(String said, String means) {}

  /** Alerts come from the engine; anything else is what the JDK thinks of the engine. */
  private static final List<Meaning> MEANINGS =
      List.of(
          new Meaning("received fatal alert: protocol_version", OLD),
          new Meaning("is not accepted by client preferences", OLD),
          new Meaning("received fatal alert: handshake_failure", OLD),
          new Meaning("received fatal alert: certificate_expired", REFUSED),
          new Meaning("received fatal alert: unknown_ca", REFUSED),
          new Meaning("received fatal alert: bad_certificate", REFUSED),
          new Meaning("received fatal alert: certificate_unknown", REFUSED),
          new Meaning("received fatal alert: certificate_required", REFUSED),
          new Meaning("unable to find valid certification path", ANOTHER_AUTHORITY),
          new Meaning("does not chain with any of the trust anchors", ANOTHER_AUTHORITY),
          new Meaning("signature check failed", ANOTHER_AUTHORITY),
          new Meaning(
              "unsupported or unrecognized ssl message",
              "the engine answers without TLS: set tlsverify in its daemon.json, as dowding tls init"
                  + " shows"));

  private TlsProblem() {}

  /**
   * @param directory of the certificates
   * @param expired whether the certificate there has expired
   * @return null if the failure has nothing to do with TLS
   */
  static @Nullable String words(IOException failed, Path directory, boolean expired) {
    String own = directory.resolve("cert.pem").toString();
    if (failed instanceof SSLException) {
      return expired && said(failed).contains("Received fatal alert")
          ? "the engine refuses " + own + ", " + EXPIRED
          : ofTls(failed, directory);
    }
    // With TLS 1.3, an engine refuses a certificate after the request was sent; the alert that says
    // so can be lost when it closes the connection.
    boolean ended =
        failed instanceof NoHttpResponseException
            || (failed instanceof SocketException && !(failed instanceof ConnectException));
    if (!ended) {
      return null;
    }
    return said(failed)
        + (expired
            ? ": the engine refuses " + own + ", " + EXPIRED
            : "; if this repeats, the engine refuses " + own + ": see its log");
  }

  private static String ofTls(IOException failed, Path directory) {
    String said = "";
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      said = said(cause);
      if (cause instanceof CertificateExpiredException) {
        return "the engine's certificate, or its CA, has expired ("
            + said
            + "): give the engine a new one (dowding tls init --renew)";
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "the engine's certificate is not valid yet ("
            + said
            + "): compare this machine's clock with that of the machine that made it";
      }
      String lower = said.toLowerCase(Locale.ROOT);
      if (lower.contains("subject alternative") || lower.contains("no name matching")) {
        return "the engine's certificate is for another name ("
            + said
            + "): correct the host's docker:, or give the engine one with this address as"
            + " subjectAltName"
            + MAKES;
      }
      for (Meaning meaning : MEANINGS) {
        if (lower.contains(meaning.said())) {
          return meaning.means().replace("DIR", directory.toString());
        }
      }
    }
    return "TLS failed: " + said;
  }

  private static String said(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    return Printable.of(Printable.withoutExceptions(text), LONGEST);
  }
}
