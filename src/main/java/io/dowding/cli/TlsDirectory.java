package io.dowding.cli;

import io.dowding.model.Host;
import io.dowding.tls.Authority;
import io.dowding.tls.Authority.Issued;
import io.dowding.tls.Authority.Known;
import io.dowding.tls.Authority.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A directory with a certificate authority, the certificates of engines under {@code hosts/}, and
 * that of the agents under {@code client/}. Nothing that is still of use is overwritten.
 */
final class TlsDirectory {

  /** Renewed when less of their lifetime is left, or a third of it. */
  private static final Duration SOON = Duration.ofDays(30);

  private static final int THIRD = 3;
  private static final Duration OF_AUTHORITY = Duration.ofDays(3650);

  /** For machines whose clocks are behind. */
  private static final Duration BEFORE = Duration.ofHours(1);

  private static final String CA = "ca.pem";
  private static final String CA_KEY = "ca-key.pem";
  private static final String CERTIFICATE = "cert.pem";
  private static final String KEY = "key.pem";

  private final Path directory;
  private final Duration lifetime;
  private final boolean renew;
  private final Instant now;

  /**
   * @param lifetime of new certificates
   * @param renew whether to replace those that end soon
   */
  TlsDirectory(Path directory, Duration lifetime, boolean renew, Instant now) {
    this.directory = directory;
    this.lifetime = lifetime;
    this.renew = renew;
    this.now = now;
  }

  /** What was done. */
  enum Done {
    NEW("new"),
    KEPT("kept"),
    ENDS_SOON("ends soon"),
    RENEWED("renewed"),
    OTHER_ADDRESS("new, for its present address"),
    OTHER_AUTHORITY("new, from the present CA");

    private final String words;

    Done(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }

    /** Whether there are new files. */
    boolean isNew() {
      return this != KEPT && this != ENDS_SOON;
    }
  }

  /**
   * A certificate that is there now.
   *
   * @param files the directory that holds it
   */
  record Made(Path files, Done done, Instant until) {}

  Path clientFiles() {
    return directory.resolve("client");
  }

  private Path hostFiles(Host host) {
    return directory.resolve("hosts").resolve(host.hostname());
  }

  boolean hasAuthority() {
    return Files.exists(directory.resolve(CA)) || Files.exists(directory.resolve(CA_KEY));
  }

  /**
   * The authority there, or a new one.
   *
   * @throws IllegalArgumentException if it cannot be used, or has expired
   */
  Authority authority() throws IOException {
    if (hasAuthority()) {
      Authority present = Authority.read(directory.resolve(CA), directory.resolve(CA_KEY));
      if (!present.until().isAfter(now)) {
        throw new IllegalArgumentException(
            directory.resolve(CA)
                + " expired at "
                + present.until()
                + ": make another one with --directory, and give its certificates to all hosts");
      }
      return present;
    }
    Authority made = Authority.make("dowding", validity(now.plus(OF_AUTHORITY)));
    Files.createDirectories(directory);
    // The key first: with the certificate alone, nothing could be made.
    write(directory.resolve(CA_KEY), made.key(), true);
    write(directory.resolve(CA), made.certificate(), false);
    return made;
  }

  private Validity validity(Instant until) {
    return new Validity(now.minus(BEFORE), until);
  }

  /** The certificate of a host's engine, for its address and its name. */
  Made server(Authority authority, Host host) throws IOException {
    Set<String> addresses = new TreeSet<>();
    addresses.add(Authority.plain(host.engineAddress()));
    addresses.add(host.hostname());
    return certificate(
        authority,
        hostFiles(host),
        addresses,
        validity -> authority.server(host.hostname(), addresses, validity));
  }

  /** The certificate of all agents and commands. */
  Made client(Authority authority) throws IOException {
    return certificate(
        authority, clientFiles(), Set.of(), validity -> authority.client("dowding", validity));
  }

  private Made certificate(
      Authority authority, Path files, Set<String> addresses, Function<Validity, Issued> issue)
      throws IOException {
    Done done = Done.NEW;
    if (Files.exists(files.resolve(CERTIFICATE)) && Files.exists(files.resolve(KEY))) {
      Known known = authority.look(files.resolve(CERTIFICATE)).orElse(null);
      done = known == null ? Done.OTHER_AUTHORITY : judged(known, addresses);
      if (known != null && !done.isNew()) {
        return new Made(files, done, known.until());
      }
    }
    Instant wanted = now.plus(lifetime);
    Instant until = wanted.isBefore(authority.until()) ? wanted : authority.until();
    Issued issued = issue.apply(validity(until));
    Files.createDirectories(files);
    write(files.resolve(CA), authority.certificate(), false);
    write(files.resolve(KEY), issued.key(), true);
    write(files.resolve(CERTIFICATE), issued.certificate(), false);
    return new Made(files, done, until);
  }

  private Done judged(Known known, Set<String> addresses) {
    if (!known.addresses().containsAll(addresses)) {
      return Done.OTHER_ADDRESS;
    }
    Duration third = known.lifetime().dividedBy(THIRD);
    Duration soon = third.compareTo(SOON) < 0 ? third : SOON;
    if (now.isBefore(known.until().minus(soon))) {
      return Done.KEPT;
    }
    return renew ? Done.RENEWED : Done.ENDS_SOON;
  }

  /** Replaces the file as a whole: an agent may read it at any time. */
  private static void write(Path file, String text, boolean secret) throws IOException {
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    if (secret) {
      PrivateFiles.make(whole);
    }
    Files.writeString(whole, text);
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
