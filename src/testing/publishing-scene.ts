import { delegate, say, step, type Scene } from "./growth-loop.ts";

const POST = {
  platform: "bluesky",
  content:
    "For 26 minutes today our landing page showed a wrong price. It is right again, and a second pair of eyes now checks every price page before it goes live.",
};

/** After the growth loop: a channel that is not set up is named, set up, previewed, and used once a person said yes. */
export function publishingScene(server: { url: string; handle: string }): Scene {
  return {
    person: "The price is right again. Tell people on Bluesky.",
    steps: [
      step(["ohmymkt_publish", POST]),
      step(
        delegate("execution-manager", "Set Bluesky up and prepare the post.", [
          step([
            "ohmymkt_provider_config",
            {
              action: "set",
              category: "publish",
              provider: "bluesky",
              api_key_env: "BLUESKY_APP_PASSWORD",
              url: server.url,
              options: { handle: server.handle },
            },
          ]),
          step(["ohmymkt_provider_config", { action: "test", category: "publish", provider: "bluesky" }]),
          step(
            delegate("content-ops", "Preview the post.", [
              step(["ohmymkt_publish", { action: "preview", ...POST }]),
              say("{{last}}"),
            ]),
          ),
          say("{{last}}"),
        ]),
      ),
      step(["ohmymkt_publish", { action: "publish", id: "{{match:(out-[a-z0-9]+): bluesky}}" }]),
      step(["ohmymkt_report_growth", { window: "90d" }]),
      say("{{last}}"),
    ],
  };
}
