/** One rule broken on purpose: exact texts of one file (white space aside), and the test files that must notice. */
export interface Break {
  name: string;
  file: string;
  edits: readonly { find: string; replace: string }[];
  tests: readonly string[];
  /** Only the tests whose name matches; for files that also watch the clock. */
  only?: string;
}

export function one(name: string, file: string, find: string, replace: string, ...tests: string[]): Break {
  return { name, file, edits: [{ find, replace }], tests };
}

export function only(pattern: string, broken: Break): Break {
  return { ...broken, only: pattern };
}
