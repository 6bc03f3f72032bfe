package io.dowding.etcd;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why there is no connection to an etcd that runs, and what to do about it. */
final class EtcdProblem {

  private static final String NOT_TRUSTED = "NOT_TRUSTED";
  private static final String REFUSED = "REFUSED";
  private static final String OLD = "etcd does not offer TLS 1.2 or newer: update it";
  private static final String CIPHERS =
      "etcd offers no cipher suite that this machine accepts: give etcd others with --cipher-suites, or none";
  private static final String PLAIN =
      "etcd closes the connection: if it has no TLS, write http:// in etcd.endpoints";
  private static final String NAME =
      "etcd's certificate is for another name: write one of its names in etcd.endpoints, or give etcd"
          + " a certificate for this one";

  /**
   * @param said a part of gRPC's message, in lower case
   * @param means what it means
   */
  private record Meaning(String said, String means) {}

  private static final List<Meaning> MEANINGS =
      List.of(
          new Meaning("received fatal alert: protocol_version", OLD),
          new Meaning("received fatal alert: handshake_failure", CIPHERS),
          new Meaning("received fatal alert: bad_certificate", REFUSED),
          new Meaning("received fatal alert: certificate_required", REFUSED),
          new Meaning("received fatal alert: certificate_expired", REFUSED),
          new Meaning("received fatal alert: certificate_unknown", REFUSED),
          new Meaning("received fatal alert: unknown_ca", REFUSED),
          new Meaning("certificateexpiredexception", "etcd's certificate, or its CA, has expired"),
          new Meaning(
              "certificatenotyetvalidexception",
              "etcd's certificate is not valid yet: compare the clocks of the machines"),
          new Meaning("unable to find valid certification path", NOT_TRUSTED),
          new Meaning("does not chain with any of the trust anchors", NOT_TRUSTED),
          new Meaning("signature check failed", NOT_TRUSTED),
          new Meaning("subject alternative", NAME),
          new Meaning("no name matching", NAME),
          new Meaning("not an ssl/tls record", PLAIN),
          new Meaning("connection closed while performing tls negotiation", PLAIN));

  /** An etcd that is asked without TLS, and does not answer. */
  static final String ENCRYPTED = "etcd demands TLS: write https:// in etcd.endpoints";

  private EtcdProblem() {}

  /**
   * @param said gRPC's message, of any length
   * @return null if it is nothing that the settings can change
   */
  static @Nullable String words(String said, EtcdSettings settings) {
    String lower = said.toLowerCase(Locale.ROOT);
    for (Meaning meaning : MEANINGS) {
      if (lower.contains(meaning.said())) {
        return switch (meaning.means()) {
          case REFUSED -> refused(settings.certificate());
          case NOT_TRUSTED -> notTrusted(settings.ca());
          default -> meaning.means();
        };
      }
    }
    return null;
  }

  private static String refused(@Nullable Path certificate) {
    return certificate == null
        ? "etcd demands a client certificate: set etcd.certificate and etcd.key"
        : "etcd refuses "
            + certificate
            + ": use one for clients that has not expired, of the CA in etcd's --trusted-ca-file";
  }

  private static String notTrusted(@Nullable Path ca) {
    return ca == null
        ? "this machine does not trust the CA of etcd's certificate: set etcd.ca"
        : "etcd's certificate is not signed by " + ca + ": correct etcd.ca";
  }
}
