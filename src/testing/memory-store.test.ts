import { storeConformance } from "../store/conformance.ts";
import { MemoryProject } from "./memory-state.ts";
import { openMemoryStore } from "./memory-store.ts";

storeConformance("memory", async ({ now }) => {
  const project = new MemoryProject();
  const store = openMemoryStore(project, { now });
  return { store, another: () => openMemoryStore(project, { now }), dispose: () => store.close() };
});
