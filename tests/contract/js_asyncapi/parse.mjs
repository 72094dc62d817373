// Parses the AsyncAPI document at a path, and says what its parser says of it.
import { Parser, fromFile } from "@asyncapi/parser";

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
const found = diagnostics.map(({ code, message, severity, path }) => ({
  code,
  message,
  severity,
  path: path.join("/"),
}));
const told = { found, version: document?.version() };
if (document) {
  told.channels = document.channels().all().map((channel) => channel.address()).sort();
  told.messages = Object.fromEntries(
    document
      .channels()
      .all()
      .flatMap((channel) =>
        channel.messages().all().map((message) => [message.name(), channel.address()]),
      ),
  );
}
process.stdout.write(JSON.stringify(told));
