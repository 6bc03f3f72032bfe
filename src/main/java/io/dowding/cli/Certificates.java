package io.dowding.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** How long certificates are still valid. */
final class Certificates {

  private static final long FEW_DAYS = 30;

  private Certificates() {}

  /** Looks at a file with certificates. */
  static void look(Path file, Instant now, Diagnosis diagnosis) {
    String what = "certificate " + file;
    try (InputStream bytes = Files.newInputStream(file)) {
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
        long days =
            Duration.between(now, ((X509Certificate) certificate).getNotAfter().toInstant())
                .toDays();
        if (days < 0) {
          diagnosis.problem(what, "expired " + -days + " days ago", "replace it");
        } else if (days < FEW_DAYS) {
          diagnosis.problem(what, days + " days left", "replace it in time");
        } else {
          diagnosis.ok(what, days + " days left");
        }
      }
    } catch (IOException | CertificateException unreadable) {
      diagnosis.problem(
          what, "cannot be read: " + unreadable.getMessage(), "correct the setting or the file");
    }
  }
}
