package nl.waarmerk.example;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What we know of the register, and how far we are: both in one SQLite file, always changed in one
 * transaction. So wherever the program is killed, it goes on from where it was.
 */
final class Copy implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final String ERASED = "nl.microcredentials.registration-erased.v1";
    private static final int FLUSH_EVERY = 1000;
    private static final String KEEP = """
            INSERT INTO registration (registration_id, record_version, state) VALUES (?, ?, ?)
            ON CONFLICT (registration_id) DO UPDATE
            SET record_version = excluded.record_version, state = excluded.state
            WHERE excluded.record_version > record_version
            """;
    private static final String MOVE =
            "INSERT OR REPLACE INTO position (only_one, sequence, event_id) VALUES (1, ?, ?)";

    private final Connection database;

    Copy(Path path) throws SQLException {
        database = DriverManager.getConnection("jdbc:sqlite:" + path);
        try (Statement statement = database.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA busy_timeout = 30000");
            statement.execute("PRAGMA secure_delete = ON");
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS registration (
                        registration_id TEXT PRIMARY KEY, record_version INTEGER NOT NULL,
                        state TEXT NOT NULL
                    ) WITHOUT ROWID
                    """);
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS position (
                        only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
                        sequence INTEGER NOT NULL, event_id TEXT
                    )
                    """);
        }
        database.setAutoCommit(false);
    }

    /** The sequence and the id of the last event we processed. */
    record Position(long sequence, String eventId) {}

    /** Returns how far we are; null before the beginning. */
    Position position() throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet found = statement.executeQuery("SELECT sequence, event_id FROM position")) {
            Position position = found.next() ? new Position(found.getLong(1), found.getString(2)) : null;
            database.rollback();
            return position;
        }
    }

    /** Forgets everything, and knows what a snapshot says; all of it or nothing. */
    void begin(BufferedReader registrations, long sequence) throws SQLException, IOException {
        try (Statement forget = database.createStatement();
                PreparedStatement keep = database.prepareStatement(KEEP)) {
            forget.execute("DELETE FROM registration");
            int waiting = 0;
            for (String line = registrations.readLine(); line != null; line = registrations.readLine()) {
                bind(keep, JSON.readTree(line));
                keep.addBatch();
                if (++waiting % FLUSH_EVERY == 0) {
                    keep.executeBatch();
                }
            }
            keep.executeBatch();
            moveTo(sequence, null);
            database.commit();
        } catch (SQLException | IOException | RuntimeException error) {
            database.rollback();
            throw error;
        }
    }

    /** Does what these events say, all of them or nothing; returns how many were new. */
    int hear(JsonNode events) throws SQLException, HoleException {
        Position position = position();
        long reached = position == null ? 0 : position.sequence();
        String last = null;
        int heard = 0;
        try {
            for (JsonNode event : events) {
                long sequence = Long.parseLong(event.get("sequence").asText());
                if (sequence <= reached) {
                    continue; // We had this one before.
                }
                if (sequence != reached + 1) {
                    throw new HoleException("after " + reached + " came " + sequence);
                }
                hearOne(event);
                reached = sequence;
                last = event.get("id").asText();
                heard++;
            }
            if (heard > 0) {
                moveTo(reached, last);
            }
            database.commit();
            return heard;
        } catch (SQLException | HoleException | RuntimeException error) {
            database.rollback();
            throw error;
        }
    }

    /** Writes the copy as lines, for `waarmerk register reconcile`: first how far it is. */
    void export(Appendable out) throws SQLException, IOException {
        Position position = position();
        long sequence = position == null ? 0 : position.sequence();
        out.append(String.format("{\"sequence\": \"%016d\"}%n", sequence));
        try (Statement statement = database.createStatement();
                ResultSet found = statement.executeQuery("SELECT state FROM registration")) {
            while (found.next()) {
                out.append(found.getString(1)).append('\n');
            }
        }
        database.rollback();
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }

    private void hearOne(JsonNode event) throws SQLException {
        JsonNode told = event.get("data");
        if (ERASED.equals(event.get("type").asText())) {
            try (PreparedStatement forget = database.prepareStatement(
                    "DELETE FROM registration WHERE registration_id = ?")) {
                forget.setString(1, told.get("registrationId").asText());
                forget.execute();
            }
        } else if (told.has("registration")) {
            try (PreparedStatement keep = database.prepareStatement(KEEP)) {
                bind(keep, told.get("registration"));
                keep.execute();
            }
        }
    }

    private void moveTo(long sequence, String eventId) throws SQLException {
        try (PreparedStatement move = database.prepareStatement(MOVE)) {
            move.setLong(1, sequence);
            move.setString(2, eventId);
            move.execute();
        }
    }

    private static void bind(PreparedStatement keep, JsonNode registration) throws SQLException {
        keep.setString(1, registration.get("registrationId").asText());
        keep.setInt(2, registration.get("recordVersion").asInt());
        try {
            keep.setString(3, JSON.writeValueAsString(registration));
        } catch (JsonProcessingException error) {
            throw new IllegalStateException(error);
        }
    }

    /** An event is missing between what we have and what we were given. */
    static final class HoleException extends Exception {
        private static final long serialVersionUID = 1;

        HoleException(String what) {
            super(what);
        }
    }
}
