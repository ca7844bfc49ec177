// SPDX-License-Identifier: Apache-2.0
/**
 * The certificate of a gateway and its private key: read from files, checked, and read again when
 * the files change.
 *
 * <p>Read first: {@link dev.holdfast.gateway.tls.TlsFiles}, then {@link
 * dev.holdfast.gateway.tls.Certificates}.
 *
 * <p>Threads: reading blocks, so event loops only ask for what was read.
 *
 * <p>Invariants: a certificate and a key are in use together, and only if they belong together; a
 * renewal that cannot be used changes nothing.
 *
 * <p>This package must not know connections.
 */
@NullMarked
package dev.holdfast.gateway.tls;

import org.jspecify.annotations.NullMarked;
