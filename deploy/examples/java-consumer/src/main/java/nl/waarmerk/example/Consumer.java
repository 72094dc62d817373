package nl.waarmerk.example;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A copy of the national register that is never wrong: start from a snapshot, follow the events.
 *
 * <pre>
 * java -cp "target/consumer.jar:target/libraries/*" nl.waarmerk.example.Consumer \
 *     follow https://register.example copy.sqlite
 * </pre>
 *
 * <ol>
 *   <li>What is known and how far we are change in one transaction. Killed anywhere, we go on.
 *   <li>An event we had before is passed over: its sequence is not beyond ours.
 *   <li>An event that is not the next one means a hole: nothing of it is kept, and we ask again.
 *       When the hole is still there, we begin anew from a snapshot.
 *   <li>Of a registration the newest recordVersion counts, whatever comes first.
 *   <li>What was erased goes, and is never kept anywhere else; hearing it twice does no harm.
 *   <li>When the feed no longer goes so far back (410), we begin anew from a snapshot.
 * </ol>
 */
public final class Consumer {
    private static final System.Logger LOG = System.getLogger("consumer");
    private static final int WAIT_MILLISECONDS = 20_000;
    private static final long LONGEST_PAUSE = 60_000;

    private final Register register;
    private final Copy copy;
    private final Path path;

    private Consumer(Register register, Copy copy, Path path) {
        this.register = register;
        this.copy = copy;
        this.path = path;
    }

    /** Does what the command line says. */
    public static void main(String[] arguments) throws Exception {
        boolean once = arguments.length == 4 && "--once".equals(arguments[3]);
        if (arguments.length == 2 && "export".equals(arguments[0])) {
            PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
            try (Copy copy = new Copy(Path.of(arguments[1]))) {
                copy.export(out);
            }
            out.flush();
        } else if ((arguments.length == 3 || once) && "follow".equals(arguments[0])) {
            Path path = Path.of(arguments[2]);
            try (Copy copy = new Copy(path)) {
                new Consumer(new Register(arguments[1]), copy, path).follow(once);
            }
        } else {
            System.err.println("follow REGISTER DATABASE [--once] | export DATABASE");
            System.exit(2);
        }
    }

    /** Follows the register for ever, or with `once` until there is nothing new. */
    private void follow(boolean once) throws Exception {
        long pause = 1000;
        while (true) {
            try {
                int heard = step(once ? 0 : WAIT_MILLISECONDS);
                pause = 1000;
                if (once && heard == 0) {
                    return;
                }
            } catch (IOException error) {
                LOG.log(System.Logger.Level.WARNING, "{0}; trying again", error.toString());
                Thread.sleep(pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE);
            }
        }
    }

    /** Comes closer to the register; returns by how many events. */
    private int step(int wait) throws Exception {
        if (copy.position() == null) {
            register.snapshotInto(copy, path);
        }
        try {
            return copy.hear(register.events(copy.position(), wait));
        } catch (Copy.HoleException hole) {
            LOG.log(System.Logger.Level.WARNING, "hole: {0}; asking again", hole.getMessage());
        } catch (Register.TooOldException tooOld) {
            register.snapshotInto(copy, path);
            return 1;
        }
        try {
            return copy.hear(register.events(copy.position(), 0));
        } catch (Copy.HoleException | Register.TooOldException stays) {
            LOG.log(System.Logger.Level.ERROR, "the hole stays; beginning anew");
            register.snapshotInto(copy, path);
            return 1;
        }
    }
}
