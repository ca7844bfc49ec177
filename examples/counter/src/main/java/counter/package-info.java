/** The smallest app: counters that are reached by name over HTTP, each of them a durable object. */
@NullMarked
package counter;

import org.jspecify.annotations.NullMarked;
