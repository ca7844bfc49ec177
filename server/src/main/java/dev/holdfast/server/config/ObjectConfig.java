// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import java.util.Optional;

/**
 * One {@code [[object]]}: a namespace and the class behind it. Immutable.
 *
 * @param namespace its stable name
 * @param className the binary name of the object class
 * @param interfaceName the binary name of the remote interface, where it was said
 * @param renamedFrom the name that the namespace had before, where it was said
 */
public record ObjectConfig(
    Setting<String> namespace,
    Setting<String> className,
    Optional<Setting<String>> interfaceName,
    Optional<Setting<String>> renamedFrom) {}
