import { z } from "zod";

export const Part = z.looseObject({
  id: z.string(),
  type: z.string(),
  text: z.string().optional(),
  synthetic: z.boolean().optional(),
  tool: z.string().optional(),
  callID: z.string().optional(),
  state: z
    .looseObject({
      status: z.string(),
      input: z.unknown(),
      output: z.string().optional(),
      error: z.string().optional(),
      title: z.string().optional(),
      metadata: z.unknown(),
    })
    .optional(),
});
export const MessageInfo = z.looseObject({
  id: z.string(),
  role: z.string(),
  sessionID: z.string(),
  parentID: z.string().optional(),
  agent: z.string().optional(),
  summary: z.unknown(),
  error: z
    .looseObject({ name: z.string(), data: z.looseObject({ message: z.string().optional() }).optional() })
    .optional(),
});
export const Message = z.object({ info: MessageInfo, parts: z.array(Part) });
export const Session = z.looseObject({ id: z.string(), title: z.string().optional(), parentID: z.string().optional() });
export const Agent = z.looseObject({ name: z.string(), mode: z.string(), description: z.string().optional() });
export const Tool = z.looseObject({ id: z.string(), description: z.string(), parameters: z.unknown() });
export const PermissionRequest = z.looseObject({
  id: z.string(),
  sessionID: z.string(),
  permission: z.string(),
  patterns: z.array(z.string()),
  always: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  tool: z.looseObject({ messageID: z.string(), callID: z.string() }).optional(),
});

export type HostPart = z.infer<typeof Part>;
export type HostMessageInfo = z.infer<typeof MessageInfo>;
export type HostMessage = z.infer<typeof Message>;
export type HostSession = z.infer<typeof Session>;
export type HostAgent = z.infer<typeof Agent>;
export type HostTool = z.infer<typeof Tool>;
export type PermissionRequest = z.infer<typeof PermissionRequest>;
