import { gateReport, knownPlans, planInForce } from "../../features/governance/facts.ts";
import { measureGates } from "../../features/measurement/gate-measures.ts";
import { readExecution } from "../../features/governance/seeds.ts";
import { defineTool } from "./define.ts";
import { renderGates, renderMeasures } from "./render.ts";

export const checkGates = defineTool({
  name: "ohmymkt_check_gates",
  summary: "Show the five startup gates: PASS or BLOCKED, why, and how to remedy.",
  args: {},
  async run(_args, context) {
    return context.transact(async (tx) => {
      const { plans } = await knownPlans(tx);
      const plan = planInForce(plans, await readExecution(tx));
      const report = await gateReport(tx, plan, true);
      return { plan: plan?.name, ...report, measured: await measureGates(tx, plan?.plan, context.config) };
    });
  },
  render: (report) => [renderGates(report, report.plan), renderMeasures(report, report.measured)].join("\n"),
});
