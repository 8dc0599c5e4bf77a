import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { isIP } from "node:net";
import { Readable } from "node:stream";
import type { Access } from "../../provider.ts";
import { ProviderFailure } from "../../failure.ts";
import { smtpFailure } from "./failure.ts";
import type { SmtpOptions } from "./options.ts";

/** An exchange may take this many times the patience for one answer. */
const WHOLE = 5;

export interface Envelope {
  from: string;
  to: string;
  message: Buffer;
}

/** Connects, greets, encrypts, logs in and, with an envelope, sends; what the server said last. Throws `ProviderFailure` only. */
export async function talk(access: Access<SmtpOptions>, envelope?: Envelope): Promise<string> {
  const { network, signal } = access;
  let ended = false;
  const connection = await open(access);
  const whole = AbortSignal.any([signal, AbortSignal.timeout(network.timeoutMs * WHOLE)]);
  try {
    return await new Promise<string>((resolve, reject) => {
      whole.addEventListener("abort", () => reject(new Error("the mail server took too long")));
      connection.on("error", reject);
      // It may end without an error between two commands; where there is one, it comes just after.
      connection.on("end", () => setImmediate(() => reject(new Error("the mail server ended the connection"))));
      const done = (error: unknown): boolean => {
        if (error) reject(error instanceof Error ? error : new Error("the mail server failed"));
        return Boolean(error);
      };
      const send = (): void => {
        if (!envelope) return resolve("");
        const { from, to, message } = envelope;
        const body = Readable.from([message]);
        // The dot that ends a message is written after this.
        body.once("end", () => (ended = true));
        connection.send({ from, to: [to], size: message.byteLength }, body, (error, info) => {
          if (!done(error)) resolve(info?.response ?? "");
        });
      };
      connection.connect((refused) => {
        if (done(refused)) return;
        const user = access.optionalSecret("user");
        const password = access.optionalSecret("password");
        if (user === undefined || password === undefined) return send();
        connection.login({ user, pass: password }, (wrong) => {
          if (!done(wrong)) send();
        });
      });
    });
  } catch (error) {
    throw smtpFailure(error, ended, network.redact);
  } finally {
    connection.removeAllListeners();
    // Late errors of a connection that nobody waits for any more.
    connection.on("error", () => {});
    if (ended) connection.quit();
    else connection.close();
  }
}

async function open({ url, options, network, optionalSecret }: Access<SmtpOptions>): Promise<SMTPConnection> {
  if (!url) throw new ProviderFailure("missing", "smtp needs the url of your mail server");
  const [{ default: Connection }, { address }] = await Promise.all([
    import("nodemailer/lib/smtp-connection"),
    network.resolve(url.hostname),
  ]);
  const secure = url.protocol === "smtps:";
  const loopback = /^(?:127\.|::1$)/.test(address);
  const half = (optionalSecret("user") === undefined) !== (optionalSecret("password") === undefined);
  if (half) throw new ProviderFailure("missing", "smtp needs both SMTP_USER and SMTP_PASSWORD, or neither");
  const login = optionalSecret("user") !== undefined;
  const encrypted = mustEncrypt({ loopback, login, asked: options.require_tls });
  return new Connection({
    host: address,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && encrypted,
    opportunisticTLS: !encrypted,
    tls: { minVersion: "TLSv1.2", ...(isIP(url.hostname.replace(/^\[|\]$/g, "")) ? {} : { servername: url.hostname }) },
    connectionTimeout: network.timeoutMs,
    greetingTimeout: network.timeoutMs,
    socketTimeout: network.timeoutMs,
    socketCloseTimeout: 1000,
    name: options.from.split("@").at(-1)?.replace(">", "").trim(),
  });
}

/** Whether to go on without encryption is out of the question: a password goes over no open line, whatever the setting says. */
export function mustEncrypt(line: { loopback: boolean; login: boolean; asked: boolean | undefined }): boolean {
  return (line.login && !line.loopback) || (line.asked ?? !line.loopback);
}
