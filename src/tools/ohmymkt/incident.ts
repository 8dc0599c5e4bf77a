import { z } from "zod";
import { createPreventionTasks, pauseForP0 } from "../../features/governance/effects.ts";
import { incidentPrefix, openIncident } from "../../features/governance/open-incident.ts";
import { governedIncident, incidentFacts } from "../../features/governance/facts.ts";
import { incidentLine } from "../../features/governance/state-lines.ts";
import { readModules } from "../../features/governance/seeds.ts";
import { OhmymktError } from "../../errors.ts";
import { actorLabel } from "../../lib/actor.ts";
import {
  changeIncident,
  endsP0,
  INCIDENTS,
  parseSeverity,
  Postmortem,
  type Incident,
  type IncidentFact,
} from "../../lib/incidents.ts";
import { listModules } from "../../lib/modules.ts";
import type { Transaction } from "../../store/store.ts";
import { defineTool, spendApproval, type RunContext } from "./define.ts";
import { outlined } from "./lean-schema.ts";

const GENERAL = "general";

interface IncidentResult {
  incident?: Incident;
  incidents?: IncidentFact[];
  effects: string[];
}

const Args = {
  action: z.enum(["open", "update", "mitigate", "resolve", "list"]).default("open"),
  severity: z.string().optional().describe("P0|P1|P2"),
  module: z.string().optional(),
  summary: z.string().trim().min(1).max(2000).optional(),
  id: z.string().optional(),
  note: z.string().trim().min(1).max(4000).optional(),
  postmortem: outlined(Postmortem, "{impact, root_cause, prevention: [{title, owner, due_date}]}").optional(),
};
type Args = z.output<z.ZodObject<typeof Args>>;

export const incident = defineTool({
  name: "ohmymkt_incident",
  summary: "Record incidents. A P0 pauses the campaign; ending it needs postmortem and approval.",
  args: Args,
  async confirm(args, context) {
    if (args.action === "open" || args.action === "list") return undefined;
    return context.transact(async (tx) => {
      const before = await find(tx, args.id);
      const wanted = changeOf(args);
      if (!endsP0(before, wanted)) return undefined;
      changeIncident(before, wanted, { at: tx.now, by: actorLabel(context.actor) });
      return {
        kind: "incident",
        subject: subject(args),
        summary: `${wanted.status === "resolved" ? "resolve" : `lower to ${wanted.severity}`} P0 ${before.id}: ${before.summary}`,
      };
    });
  },
  async run(args, context): Promise<IncidentResult> {
    return context.transact(async (tx) => {
      if (args.action === "list") return { incidents: await incidentFacts(tx), effects: [] };
      return args.action === "open" ? open(tx, args, context) : change(tx, args, context);
    });
  },
  render: ({ incident: one, incidents, effects }) => {
    if (incidents) {
      return incidents.length === 0 ? "No incidents." : incidents.map((fact) => `- ${incidentLine(fact)}`).join("\n");
    }
    const head = one ? `Incident ${one.id} (${one.severity}, ${one.status}) in ${one.module}: ${one.summary}` : "";
    return [head, ...effects.map((effect) => `- ${effect}`)].join("\n");
  },
});

async function open(tx: Transaction, args: Args, context: RunContext): Promise<IncidentResult> {
  if (!args.severity || !args.summary) {
    throw new OhmymktError(
      "invalid_arguments",
      `opening an incident expected severity and summary, got ${args.severity ? "no summary" : "no severity"}`,
      {
        hint: 'for example {severity: "P1", module: "content_system", summary: "…"}',
      },
    );
  }
  const module = args.module ?? GENERAL;
  const known = [...listModules(await readModules(tx)).map((one) => one.name), GENERAL];
  if (!known.includes(module)) {
    throw new OhmymktError("invalid_arguments", `there is no module ${JSON.stringify(module)}`, {
      hint: `use one of ${known.join(", ")}`,
    });
  }
  const { severity, summary, note } = args;
  return openIncident(
    tx,
    context.newId(incidentPrefix(tx.now)),
    { severity: parseSeverity(severity), module, summary, note },
    context.actor,
  );
}

async function change(tx: Transaction, args: Args, context: RunContext): Promise<IncidentResult> {
  const before = await find(tx, args.id);
  const wanted = changeOf(args);
  const approval = endsP0(before, wanted)
    ? await spendApproval(tx, context.approval, "incident", subject(args))
    : undefined;
  const after = changeIncident(before, wanted, { at: tx.now, by: actorLabel(context.actor) });
  await tx.documents.write(INCIDENTS.at(after.id), after, { reason: args.note ?? args.action });
  await tx.ledger.append({
    kind: `incident.${after.status === before.status ? "update" : after.status}`,
    subject: after.id,
    reason: args.note,
    evidence: { approval: approval?.id ?? null },
    before: { severity: before.severity, status: before.status },
    after: { severity: after.severity, status: after.status },
  });
  const tasks = args.postmortem ? await createPreventionTasks(tx, after, args.postmortem) : [];
  const raised = after.severity === "P0" && before.severity !== "P0" ? await pauseForP0(tx, after, context.actor) : [];
  return {
    incident: after,
    effects: [...raised, ...(tasks.length > 0 ? [`prevention tasks: ${tasks.join(", ")}`] : [])],
  };
}

function changeOf(args: Args): Parameters<typeof changeIncident>[1] {
  return {
    status: args.action === "resolve" ? "resolved" : args.action === "mitigate" ? "mitigated" : undefined,
    severity: args.severity === undefined ? undefined : parseSeverity(args.severity),
    note: args.note,
    postmortem: args.postmortem,
  };
}

function subject({ id, action, severity, postmortem }: Args): unknown {
  return { id, action, severity, postmortem };
}

async function find(tx: Transaction, id: string | undefined): Promise<Incident> {
  const facts = await incidentFacts(tx);
  const hint = facts.length > 0 ? `the incidents are ${facts.map((fact) => fact.id).join(", ")}` : "there are none yet";
  if (!id) throw new OhmymktError("invalid_arguments", "this action expected the id of an incident", { hint });
  const found = await tx.documents.read(INCIDENTS.at(id));
  if (!found) throw new OhmymktError("not_found", `there is no incident ${JSON.stringify(id)}`, { hint });
  return governedIncident(tx, found);
}
