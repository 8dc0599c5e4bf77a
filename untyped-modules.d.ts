declare module "@tryghost/admin-api/lib/token.js" {
  /** An HS256 token of five minutes for a key "id:secret". */
  export default function token(key: string, audience: string): string;
}
