// SPDX-License-Identifier: Apache-2.0
/** Tests of what is done to objects from the command line. */
package dev.holdfast.server.object;
