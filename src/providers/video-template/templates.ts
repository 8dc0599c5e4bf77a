import type { Template } from "./template.ts";
import { barChartRace } from "./templates/bar-chart-race.ts";
import { carousel } from "./templates/carousel.ts";
import { quoteCard } from "./templates/quote-card.ts";
import { titleCard } from "./templates/title-card.ts";

/** Every template that the package draws itself; a new one is one file and one line. */
export const TEMPLATES = [titleCard, quoteCard, barChartRace, carousel] as const satisfies readonly Template[];

export function findTemplate(id: string): Template | undefined {
  return TEMPLATES.find((template) => template.id === id);
}
