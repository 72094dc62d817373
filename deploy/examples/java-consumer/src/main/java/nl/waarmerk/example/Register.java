package nl.waarmerk.example;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/** The register over HTTP: its latest snapshot, in its smallest form, and its events. */
final class Register {
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int AT_ONCE = 1000;
    private static final String GZIP = "application/gzip";
    private static final String ZSTD = "application/zstd";
    private static final String SNAPSHOTS = "/v1/snapshots/";

    private final String address;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    Register(String address) {
        this.address = address.replaceAll("/+$", "");
    }

    /** Returns the events after a position; waits for them when there are none yet. */
    JsonNode events(Copy.Position position, int waitMilliseconds)
            throws IOException, InterruptedException, TooOldException {
        String where = position == null || position.eventId() == null
                ? "afterSequence=" + (position == null ? 0 : position.sequence())
                : "lastEventId=" + position.eventId();
        HttpResponse<InputStream> answer = get(
                "/v1/events?" + where + "&timeout=" + waitMilliseconds + "&limit=" + AT_ONCE,
                Duration.ofMillis(waitMilliseconds).plusSeconds(10));
        try (InputStream body = answer.body()) {
            if (answer.statusCode() == GONE) {
                throw new TooOldException();
            }
            expect(answer, OK);
            return Copy.JSON.readTree(body);
        }
    }

    /** Fetches the latest snapshot into the copy; a register without one begins at 0. */
    void snapshotInto(Copy copy, Path beside) throws Exception {
        HttpResponse<InputStream> answer = get(SNAPSHOTS + "latest", Duration.ofSeconds(30));
        JsonNode snapshot;
        try (InputStream body = answer.body()) {
            if (answer.statusCode() == NOT_FOUND) {
                copy.begin(new BufferedReader(BufferedReader.nullReader()), 0);
                return;
            }
            expect(answer, OK);
            snapshot = Copy.JSON.readTree(body);
        }
        JsonNode packed = smallest(snapshot);
        Path file = fetch(packed, beside);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                open(file, packed.get("mediaType").asText()), StandardCharsets.UTF_8))) {
            copy.begin(lines, Long.parseLong(snapshot.get("sequence").asText()));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Returns the first form of a snapshot that we can open: the smallest is named first. */
    private static JsonNode smallest(JsonNode snapshot) {
        for (JsonNode form : snapshot.path("files")) {
            String type = form.get("mediaType").asText();
            if (GZIP.equals(type) || ZSTD.equals(type)) {
                return form;
            }
        }
        return snapshot; // A register of before knows gzip only.
    }

    private static InputStream open(Path file, String mediaType) throws IOException {
        InputStream octets = Files.newInputStream(file);
        return ZSTD.equals(mediaType) ? new ZstdInputStream(octets) : new GZIPInputStream(octets);
    }

    /** Fetches the file of a snapshot, from where an earlier attempt was cut off, and checks it. */
    private Path fetch(JsonNode packed, Path beside) throws IOException, InterruptedException {
        String digest = packed.get("digest").asText();
        Path file = beside.resolveSibling(beside.getFileName() + ".snapshot-" + digest.substring(0, 16));
        dropOthers(beside, file);
        long have = Files.exists(file) ? Files.size(file) : 0;
        if (have < packed.get("size").asLong()) {
            // The register may name itself otherwise than we reach it.
            String where = packed.get("file").asText();
            String place = where.substring(where.lastIndexOf(SNAPSHOTS) + SNAPSHOTS.length());
            HttpResponse<InputStream> answer = client.send(
                    HttpRequest.newBuilder(URI.create(address + SNAPSHOTS + place))
                            .header("Range", "bytes=" + have + "-")
                            .header("If-Range", '"' + digest + '"')
                            .build(),
                    BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                boolean isRest = answer.statusCode() == PARTIAL;
                expect(answer, isRest ? PARTIAL : OK);
                try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE,
                        isRest ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
                    body.transferTo(out);
                }
            }
        }
        if (!digest.equals(digestOf(file))) {
            Files.delete(file);
            throw new IOException("the snapshot is not the one that was announced");
        }
        return file;
    }

    private HttpResponse<InputStream> get(String path, Duration timeout)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(timeout).build();
        return client.send(request, BodyHandlers.ofInputStream());
    }

    private static void expect(HttpResponse<?> answer, int status) throws IOException {
        if (answer.statusCode() != status) {
            throw new IOException("the register answered " + answer.statusCode());
        }
    }

    private static void dropOthers(Path beside, Path file) throws IOException {
        Path folder = beside.toAbsolutePath().getParent();
        try (DirectoryStream<Path> left =
                Files.newDirectoryStream(folder, beside.getFileName() + ".snapshot-*")) {
            for (Path one : left) {
                if (!one.getFileName().equals(file.getFileName())) {
                    Files.deleteIfExists(one);
                }
            }
        }
    }

    private static String digestOf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1 << 16];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                digest.update(piece, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException error) {
            throw new IllegalStateException(error);
        }
    }

    /** The feed no longer goes back to where we are. */
    static final class TooOldException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
