/**
 * Certificates and private keys in PEM files: {@link io.dowding.tls.TlsFiles} reads them, {@link
 * io.dowding.tls.CurrentTls} reads them again when they change, and {@link
 * io.dowding.tls.Authority} makes them.
 */
@NullMarked
package io.dowding.tls;

import org.jspecify.annotations.NullMarked;
