const MENTION = /ulw|ultrawork|[ｕＵ][ｌＬ]/i;

/** Whether a prompt can be about ultrawork at all; the detector itself is only loaded where it can. */
export function mayMention(text: string): boolean {
  return MENTION.test(text);
}
