// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call.guest;

import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectStub;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * An app as a server loads it: by a class loader of its own, which sees the API and the JDK but
 * nothing of the engine. What it sees of its objects is a list of texts.
 */
public final class GuestApp implements Function<Env, List<String>> {

  /** Not public, and yet a type of public methods. */
  record Secret(String text) {}

  public interface Parent {
    String inherited();
  }

  public interface Guest extends Parent {
    Secret wrap(Secret inner, int times);

    Secret[] all(String first, Secret... others);

    default String twice(Secret secret) {
      return wrap(secret, 1).text() + wrap(secret, 1).text();
    }

    static String local() {
      return "local";
    }
  }

  interface Hidden {
    long add(long a, double b);
  }

  public static final class GuestObject extends DurableObject implements Guest, Hidden {
    public GuestObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public String inherited() {
      return "inherited";
    }

    @Override
    public Secret wrap(Secret inner, int times) {
      return new Secret("<".repeat(times) + inner.text() + ">".repeat(times));
    }

    @Override
    public Secret[] all(String first, Secret... others) {
      List<Secret> secrets = new ArrayList<>(Arrays.asList(others));
      secrets.add(0, new Secret(first));
      return secrets.toArray(Secret[]::new);
    }

    @Override
    public long add(long a, double b) {
      return a + (long) b;
    }
  }

  @Override
  public List<String> apply(Env env) {
    Guest guest = env.objects("Guest", Guest.class).getByName("g");
    Hidden hidden = env.objects("Hidden", Hidden.class).getByName("h");
    return List.of(
        guest.inherited(),
        guest.wrap(new Secret("s"), 2).text(),
        Arrays.toString(guest.all("a", new Secret("b"), new Secret("c"))),
        guest.all("none").length + "",
        guest.twice(new Secret("t")),
        Guest.local(),
        hidden.add(1, 2.5) + "",
        guest.toString(),
        ObjectStub.of(hidden).name().orElseThrow());
  }
}
