import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";

/** What can become of a message; each is decided once a message begins, `unauthorised` at the login. */
export type MailFault =
  /** 451 to the recipient, with a time to wait. */
  | "rate_limited"
  /** 421 to the sender, and the connection ends. */
  | "unavailable"
  /** The connection breaks before any of the message was read. */
  | "crash_before_accept"
  /** The message is delivered, and the connection breaks before that is said. */
  | "crash_after_accept"
  /** The message is read, neither delivered nor answered. */
  | "hang"
  /** 550 5.4.5 to the message: the sender's account has sent too much. */
  | "quota"
  /** 550 to the recipient. */
  | "reject"
  | "unauthorised";

export interface MailServerOptions {
  /** Asked for every message and login; undefined: all is well. */
  fault?: () => MailFault | undefined;
  /** What a `rate_limited` message is told to wait, seconds. */
  retryAfterS?: number;
  /** Accepted when a client logs in; clients need not. */
  user?: string;
  password?: string;
  /** Encryption with a certificate that nobody can trust (expired, made by itself): offered after the greeting, or spoken from the start. */
  tls?: "offered" | "immediate";
}

export interface MailServer {
  /** "smtp://127.0.0.1:…", or smtps. */
  url: string;
  /** Everything that was delivered, oldest first. */
  messages(): Promise<Email[]>;
  /** The same as it came over the wire. */
  raw(): readonly string[];
  /** The names of clients, as many as connected. */
  connections(): readonly string[];
  close(): Promise<void>;
}

/** An SMTP server on loopback that delivers into memory. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { fault = () => undefined, tls } = options;
  const delivered: Buffer[] = [];
  const connected: string[] = [];
  const faults = new Map<string, MailFault | undefined>();

  const drop = ({ id }: SMTPServerSession): void => {
    for (const connection of server.connections) if (isOf(connection, id)) connection["_socket"].destroy();
  };

  const take = async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string | undefined> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk);
    const now = faults.get(session.id);
    if (now === "hang") return undefined;
    if (now === "quota") throw reply(550, "5.4.5 Daily user sending limit exceeded");
    delivered.push(Buffer.concat(chunks));
    if (now !== "crash_after_accept") return `2.0.0 Ok: queued as ${delivered.length}`;
    drop(session);
    return undefined;
  };

  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: tls ? [] : ["STARTTLS"],
    secure: tls === "immediate",
    closeTimeout: 100,
    onConnect(session, done) {
      connected.push(session.remoteAddress);
      done();
    },
    onAuth({ username, password }, _session, done) {
      const right = username === options.user && password === options.password;
      if (right && fault() !== "unauthorised") return done(null, { user: username });
      // Servers there are that repeat what they were told.
      done(reply(535, `5.7.8 Authentication failed for ${username} ${password}`));
    },
    onMailFrom(_address, session, done) {
      const now = fault();
      faults.set(session.id, now);
      if (now === "crash_before_accept") return drop(session);
      done(now === "unavailable" ? reply(421, "4.3.2 Service shutting down") : null);
    },
    onRcptTo({ address }, session, done) {
      const now = faults.get(session.id);
      if (now === "rate_limited")
        return done(reply(451, `4.7.1 Greylisted, try again in ${options.retryAfterS ?? 7} seconds`));
      if (now === "reject") return done(reply(550, `5.1.1 No such user ${address}, says ${options.password}`));
      done();
    },
    onData(stream, session, done) {
      void answer(() => take(stream, session), done);
    },
  });
  // A client that goes away in the middle is no error of the server.
  server.on("error", () => {});
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, "127.0.0.1", () => {
      const address = listening.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  return {
    url: `${tls === "immediate" ? "smtps" : "smtp"}://127.0.0.1:${port}`,
    messages: () => Promise.all(delivered.map((bytes) => PostalMime.parse(bytes))),
    raw: () => delivered.map((bytes) => bytes.toString("latin1")),
    connections: () => connected,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(
  work: () => Promise<string | undefined>,
  done: (error: Error | null, said?: string) => void,
): Promise<void> {
  try {
    const said = await work();
    if (said !== undefined) done(null, said);
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function isOf(connection: unknown, id: string): connection is { _socket: { destroy(): void } } {
  return typeof connection === "object" && connection !== null && "id" in connection && connection.id === id;
}
