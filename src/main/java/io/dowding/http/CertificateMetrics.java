package io.dowding.http;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.function.Supplier;

/** When certificates expire. Their files are read for each page, because they may be replaced. */
final class CertificateMetrics {

  private CertificateMetrics() {}

  static void register(PrometheusRegistry registry, Supplier<Map<String, Path>> files) {
    GaugeWithCallback.builder()
        .name("dowding_certificate_expiry_timestamp_seconds")
        .help("When the first certificate of a file expires; 0 if the file cannot be read.")
        .labelNames("certificate")
        .callback(to -> files.get().forEach((use, file) -> to.call(expiry(file), use)))
        .register(registry);
  }

  private static double expiry(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(bytes).stream()
          .mapToLong(one -> ((X509Certificate) one).getNotAfter().toInstant().getEpochSecond())
          .min()
          .orElse(0);
    } catch (IOException | CertificateException unreadable) {
      return 0;
    }
  }
}
