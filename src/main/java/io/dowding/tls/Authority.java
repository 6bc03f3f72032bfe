package io.dowding.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for engines and their clients. Its keys are on the curve P-256.
 * Immutable.
 */
public final class Authority {

  private static final int SERIAL_BITS = 127;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X509Certificate certificate;
  private final PrivateKey key;

  private Authority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * A certificate with its private key, both in PEM.
   *
   * @param key in PKCS#8
   */
  public record Issued(String certificate, String key) {
    @Override
    public String toString() {
      return "a certificate with its key";
    }
  }

  /** The time during which a certificate is valid. */
  public record Validity(Instant from, Instant until) {}

  /** A new authority. */
  public static Authority make(String name, Validity validity) {
    try {
      KeyPair pair = pair();
      X500Principal self = new X500Principal("CN=" + name);
      X509v3CertificateBuilder builder = builder(self, self, pair.getPublic(), validity);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return new Authority(signed(builder, pair.getPrivate()), pair.getPrivate());
    } catch (GeneralSecurityException | IOException | OperatorCreationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * The authority in these files.
   *
   * @throws IllegalArgumentException naming the file that cannot be used
   */
  public static Authority read(Path certificate, Path key) {
    X509Certificate own = Pem.certificates(certificate, Pem.read(certificate)).getFirst();
    PrivateKey secret = Pem.key(key, Pem.read(key));
    try {
      if (!Pem.isPair(secret, own)) {
        throw new IllegalArgumentException(key + " is not the key of " + certificate);
      }
    } catch (GeneralSecurityException unusable) {
      throw new IllegalArgumentException(
          key + " cannot be used: " + unusable.getMessage(), unusable);
    }
    return new Authority(own, secret);
  }

  /** A certificate for an engine at these DNS names and IP addresses. */
  public Issued server(String name, Collection<String> addresses, Validity validity) {
    GeneralName[] names =
        addresses.stream()
            .map(
                address ->
                    new GeneralName(
                        isNumeric(address) ? GeneralName.iPAddress : GeneralName.dNSName, address))
            .toArray(GeneralName[]::new);
    return issue(name, validity, KeyPurposeId.id_kp_serverAuth, names);
  }

  private static boolean isNumeric(String address) {
    return address.contains(":") || address.matches("\\d{1,3}(\\.\\d{1,3}){3}");
  }

  /** A certificate for a client of engines. */
  public Issued client(String name, Validity validity) {
    return issue(name, validity, KeyPurposeId.id_kp_clientAuth);
  }

  private Issued issue(String name, Validity validity, KeyPurposeId use, GeneralName... names) {
    try {
      KeyPair pair = pair();
      X509v3CertificateBuilder builder =
          builder(
              certificate.getSubjectX500Principal(),
              new X500Principal("CN=" + name),
              pair.getPublic(),
              validity);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(use));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      return new Issued(Pem.of(signed(builder, key)), Pem.of(pair.getPrivate()));
    } catch (GeneralSecurityException | IOException | OperatorCreationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, PublicKey key, Validity validity)
      throws GeneralSecurityException, IOException {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(SERIAL_BITS, RANDOM).setBit(0),
            Date.from(validity.from()),
            Date.from(validity.until()),
            subject,
            key);
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
    return builder;
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey by)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by)));
  }

  /**
   * What an issued certificate says.
   *
   * @param lifetime from its first to its last moment
   * @param addresses the DNS names and IP addresses that it is for
   */
  public record Known(Instant until, Duration lifetime, Set<String> addresses) {}

  /**
   * Looks at a certificate.
   *
   * @return empty if it was not issued by this authority
   * @throws IllegalArgumentException naming the file, if it cannot be read
   */
  public Optional<Known> look(Path file) {
    X509Certificate issued = Pem.certificates(file, Pem.read(file)).getFirst();
    try {
      issued.verify(certificate.getPublicKey());
      Set<String> addresses = new TreeSet<>();
      var names = issued.getSubjectAlternativeNames();
      if (names != null) {
        names.forEach(name -> addresses.add(plain(String.valueOf(name.get(1)))));
      }
      Instant until = issued.getNotAfter().toInstant();
      Duration lifetime = Duration.between(issued.getNotBefore().toInstant(), until);
      return Optional.of(new Known(until, lifetime, addresses));
    } catch (GeneralSecurityException another) {
      return Optional.empty();
    }
  }

  /** The same text for each way to write an IP address. */
  public static String plain(String address) {
    String bare = address.replaceAll("[\\[\\]]", "");
    return isNumeric(bare) ? InetAddress.ofLiteral(bare).getHostAddress() : bare;
  }

  /** When its certificate expires. */
  public Instant until() {
    return certificate.getNotAfter().toInstant();
  }

  /** The certificate in PEM. */
  public String certificate() {
    try {
      return Pem.of(certificate);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The private key in PEM. */
  public String key() {
    return Pem.of(key);
  }
}
