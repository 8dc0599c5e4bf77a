import { cell } from "../../lib/markdown.ts";
import type { ProviderReport } from "../../features/provider-settings/provider-status.ts";
import type { TestResult } from "../../features/provider-settings/test-provider.ts";

/** What a call of the tool found; `tested` belongs to its one provider. */
export interface ProviderConfigResult {
  action: "list" | "read" | "set" | "test";
  providers: ProviderReport[];
  tested?: TestResult;
}

/** One line a provider in a list; what one provider needs and how it delivers else. */
export function renderProviders({ action, providers, tested }: ProviderConfigResult): string {
  if (action === "list") return providers.map(line).join("\n");
  const [report] = providers;
  if (!report) return "";
  const outcome = tested && testLine(tested);
  return [
    line(report),
    ...(outcome === undefined ? [] : [outcome]),
    ...(action === "read" ? details(report) : []),
    ...nextLine(report, tested?.next),
  ].join("\n");
}

function line({ category, provider, status, in_use, problem }: ProviderReport): string {
  return `${category} ${provider}: ${status}${in_use && category !== "publish" ? ", in use" : ""}${problem === undefined ? "" : ` (${cell(problem)})`}`;
}

function testLine({ status, account, problem }: NonNullable<ProviderConfigResult["tested"]>): string {
  if (problem !== undefined) return `Test: ${status}: ${problem}`;
  return account === undefined ? `Test: ${status}` : `Test: it answers as ${account}`;
}

function details(report: ProviderReport): string[] {
  const keys = Object.entries(report.api_key_status).map(([name, status]) => `${name} ${status}`);
  const { delivery } = report;
  return [
    `${report.title}: ${report.setup}`,
    ...(keys.length > 0 ? [`Keys: ${keys.join(", ")}`] : []),
    ...(report.setting ? [`Setting: ${JSON.stringify(report.setting)}`] : []),
    ...(delivery
      ? [
          `Once: ${delivery.exactly_once}${delivery.read_back ? ", read back" : ", no read-back"}; takes back: ${delivery.retracts}; schedules: ${delivery.schedules ? "itself" : "our outbox"}${delivery.needs_audience ? "; needs an audience" : ""}`,
        ]
      : []),
  ];
}

function nextLine({ next }: ProviderReport, afterTest: string | undefined): string[] {
  const call = afterTest ?? next;
  return call === undefined ? [] : [`Next: ${call}`];
}
