// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of a folder, and lets a worker answer everything else. Thread-safe.
 *
 * <p>GET and HEAD of a path that is a file below the folder are answered with it; the worker does
 * not see them. A path that ends with a slash stands for the {@code index.html} there; without the
 * slash it is redirected to the path with it. Whatever {@link PublicFolder} refuses is no file. A
 * request that asks for a WebSocket is the worker's.
 *
 * <p>Files are looked at for every request, so changes show at once. A client may keep what it got
 * but must ask again, which costs a 304; a file whose name has a hash of its content may be kept
 * for good: {@code app.3f2a9c1d.js}.
 */
public final class StaticFiles implements Worker {
  private static final String INDEX = "index.html";

  /** How often a file that changes under the reader's hands is looked at again. */
  private static final int ATTEMPTS = 10;

  /** Up to here a file is sent as one piece. */
  private static final int WHOLE_BYTES = 64 << 10;

  private final PublicFolder folder;
  private final Worker behind;
  private final InstantSource clock;
  private final FileTags tags;

  /**
   * Puts the files of a folder in front of a worker.
   *
   * @param folder need not exist, and may come and go
   * @param behind answers what is not for a file
   */
  public StaticFiles(Path folder, Worker behind) {
    this(folder, behind, InstantSource.system());
  }

  StaticFiles(Path folder, Worker behind, InstantSource clock) {
    this.folder = new PublicFolder(folder.toAbsolutePath());
    this.behind = behind;
    this.clock = clock;
    this.tags = new FileTags(clock);
  }

  @Override
  public Response fetch(Request request) throws Exception {
    Response found = mayBeForFile(request) ? find(request) : null;
    if (found != null) {
      return found;
    }
    // Requests run with the class loader of the worker, which is this one for their gateway.
    Thread.currentThread().setContextClassLoader(behind.getClass().getClassLoader());
    return behind.fetch(request);
  }

  private static boolean mayBeForFile(Request request) {
    return (request.method().equals("GET") || isHead(request))
        && request.headers().all("Upgrade").stream().noneMatch(StaticFiles::namesWebSocket);
  }

  /** Others ask for HTTP/2 by Upgrade, if they can have it. */
  private static boolean namesWebSocket(String protocols) {
    return Stream.of(protocols.split(",", -1))
        .anyMatch(protocol -> protocol.strip().equalsIgnoreCase("websocket"));
  }

  private static boolean isHead(Request request) {
    return request.method().equals("HEAD");
  }

  private @Nullable Response find(Request request) throws IOException {
    List<String> names = request.url().segments();
    if (names.isEmpty()) {
      return serve(request, List.of(INDEX));
    }
    if (names.getLast().isEmpty()) {
      return serve(request, indexIn(names.subList(0, names.size() - 1)));
    }
    return serve(request, names);
  }

  private static List<String> indexIn(List<String> names) {
    List<String> index = new ArrayList<>(names);
    index.add(INDEX);
    return index;
  }

  /** Null if there is no such file. */
  private @Nullable Response serve(Request request, List<String> names) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Path path = folder.find(names);
      if (path == null) {
        return null;
      }
      BasicFileAttributes attributes = FileVersion.attributes(path);
      if (attributes == null) {
        continue;
      }
      if (attributes.isDirectory()) {
        return redirect(request, names);
      }
      if (!attributes.isRegularFile()) {
        return null;
      }
      FileVersion file = FileVersion.of(path, attributes);
      Response response = file == null ? null : answer(request, file, names.getLast());
      if (response != null) {
        return response;
      }
    }
    throw new IOException(
        "%s changed each of the %d times that it was read; replace files by renaming new ones"
            .formatted(String.join("/", names), ATTEMPTS));
  }

  /** Relative, so that it holds behind a proxy too; with the dot, a colon makes no scheme. */
  private @Nullable Response redirect(Request request, List<String> names) throws IOException {
    Path index = folder.find(indexIn(names));
    if (index == null || !Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    String path = request.url().path();
    String query = request.url().rawQuery();
    String location =
        "./"
            + path.substring(path.lastIndexOf('/') + 1)
            + "/"
            + (query.isEmpty() ? "" : "?" + query);
    return new Response(308, Headers.of("Location", location), Body.empty());
  }

  /**
   * Null if the file is not that version any more.
   *
   * @param name that was asked for: a link may have it, and lead to another file tomorrow
   */
  private @Nullable Response answer(Request request, FileVersion file, String name)
      throws IOException {
    String tag = tags.of(file);
    if (tag == null) {
      return null;
    }
    Instant now = clock.instant();
    Instant modified = file.modified().isAfter(now) ? now : file.modified();
    List<String> fields = new ArrayList<>();
    add(fields, "ETag", tag);
    add(fields, "Last-Modified", HttpDate.format(modified));
    add(fields, "Cache-Control", Caching.of(name));
    add(fields, "X-Content-Type-Options", "nosniff");
    Conditions conditions = new Conditions(request.headers(), tag, file.modified());
    if (conditions.clientWantsAnother()) {
      return new Response(412, Headers.ofAll(fields), Body.empty());
    }
    if (conditions.clientHasIt()) {
      return new Response(304, Headers.ofAll(fields), Body.empty());
    }
    add(fields, "Accept-Ranges", "bytes");
    ByteRange whole = ByteRange.whole(file.bytes());
    ByteRange range = whole;
    int status = 200;
    String wanted = isHead(request) ? null : conditions.range();
    if (wanted != null) {
      ByteRange part = ByteRange.parse(wanted, file.bytes());
      if (part != null && part.isEmpty()) {
        add(fields, "Content-Range", "bytes */" + file.bytes());
        return new Response(416, Headers.ofAll(fields), Body.empty());
      }
      if (part != null) {
        add(fields, "Content-Range", part.field(file.bytes()));
        range = part;
        status = 206;
      }
    }
    add(fields, "Content-Type", ContentTypes.of(name));
    Body body = isHead(request) ? new LengthOnly(file.bytes()) : open(file, tag, range);
    return body == null ? null : new Response(status, Headers.ofAll(fields), body);
  }

  /** Null if the file is not that version any more. */
  private static @Nullable Body open(FileVersion file, String tag, ByteRange range)
      throws IOException {
    FileBody body = FileBody.open(file, tag, range);
    if (body == null || range.length() > WHOLE_BYTES) {
      return body;
    }
    byte[] bytes = body.bytes();
    return bytes.length == range.length() ? Body.of(bytes) : null;
  }

  private static void add(List<String> fields, String name, String value) {
    fields.add(name);
    fields.add(value);
  }
}
