import { one, only, type Break } from "./break.ts";

const HOSTILE = "src/tools/ohmymkt/hostile-calls.test.ts";
const APPROVALS = "src/tools/ohmymkt/hostile-approvals.test.ts";
const IMAGES = "src/tools/ohmymkt/generate-image.test.ts";
const RUNBOOK = "src/features/provider-settings/runbook.test.ts";
const NETWORK = "src/providers/network.test.ts";

/** Rules of money, keys and the way out. */
export const MONEY_BREAKS: readonly Break[] = [
  only(
    "a budget counts",
    one(
      "a budget that nobody approved",
      "src/features/media/spend.ts",
      'field === "approved" && status !== "pass"',
      'field === "approved" && status === "expired"',
      APPROVALS,
    ),
  ),
  only(
    "races",
    one(
      "a reservation that does not count",
      "src/lib/paid-calls.ts",
      'export const COUNTED_STATES = [ "reserved", "started",',
      'export const COUNTED_STATES = [ "started",',
      APPROVALS,
    ),
  ),
  only(
    "money",
    one(
      "a lost answer that cost nothing",
      "src/features/media/paid-failure.ts",
      'error instanceof ProviderFailure && error.kind !== "uncertain"',
      "error instanceof ProviderFailure",
      IMAGES,
    ),
  ),
  one(
    "what was charged given back",
    "src/features/media/uncertain-calls.ts",
    'charged ? "done" : "released"',
    '"released"',
    "src/hosts/cli/spend.test.ts",
  ),
  only(
    "written into providers.json",
    one(
      "an edited file counts",
      "src/features/provider-settings/settings.ts",
      "const same = recorded.success && hashValue(recorded.data) === hashValue(setting);",
      "const same = recorded.success;",
      APPROVALS,
    ),
  ),
  only(
    "provider_config",
    one(
      "addresses inside",
      "src/providers/public-address.ts",
      'if (parsed instanceof ipaddr.IPv4) return parsed.range() !== "unicast";',
      'if (parsed instanceof ipaddr.IPv4) return parsed.range() === "private";',
      HOSTILE,
    ),
  ),
  one(
    "headers that follow to another host",
    "src/providers/network.ts",
    "if (next.origin !== url.origin) request.headers = harmless(request.headers);",
    "",
    NETWORK,
  ),
  only(
    "Our key",
    one(
      "a key in another spelling",
      "src/providers/redaction.ts",
      'withoutHidden(text).normalize("NFKC")',
      "text",
      HOSTILE,
    ),
  ),
  one(
    "a failed test that mends",
    "src/features/provider-settings/runbook.ts",
    '(kind === PROVIDER_TEST && statusOf(after) === "configured")',
    "kind === PROVIDER_TEST",
    RUNBOOK,
  ),
];
