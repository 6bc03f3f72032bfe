package io.dowding.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * Files with certificates and private keys. What cannot be used is an {@link
 * IllegalArgumentException} that names the file.
 */
final class Pem {

  private static final int LINE = 64;

  private Pem() {}

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException absent) {
      throw new IllegalArgumentException(file + " does not exist", absent);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  /** The certificates of a file, at least one. */
  static List<X509Certificate> certificates(Path file, byte[] pem) {
    List<X509Certificate> found;
    try {
      found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (CertificateException malformed) {
      throw new IllegalArgumentException(
          file + " is not a certificate in PEM: " + malformed.getMessage(), malformed);
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(file + " holds no certificate in PEM");
    }
    return found;
  }

  /** The private key of a file, in any of openssl's formats, without a password. */
  static PrivateKey key(Path file, byte[] pem) {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        switch (part) {
          case PEMKeyPair pair -> {
            return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PrivateKeyInfo info -> {
            return new JcaPEMKeyConverter().getPrivateKey(info);
          }
          // Parameters of a curve, or a certificate.
          default -> {}
        }
      }
    } catch (IOException malformed) {
      throw new IllegalArgumentException(
          file + " is not a private key in PEM: " + malformed.getMessage(), malformed);
    }
    throw new IllegalArgumentException(
        file
            + " holds no private key in PEM"
            + (text.contains("ENCRYPTED") ? " without a password" : ""));
  }

  static boolean isPair(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    String algorithm = key.getAlgorithm();
    if (!algorithm.equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    Signature signature =
        Signature.getInstance(
            switch (algorithm) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA256withECDSA";
              default -> algorithm;
            });
    signature.initSign(key);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    return signature.verify(signed);
  }

  static String of(X509Certificate certificate) throws GeneralSecurityException {
    return text("CERTIFICATE", certificate.getEncoded());
  }

  /** In PKCS#8. */
  static String of(PrivateKey key) {
    return text("PRIVATE KEY", key.getEncoded());
  }

  private static String text(String what, byte[] content) {
    String lines =
        Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(content);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, lines, what);
  }
}
