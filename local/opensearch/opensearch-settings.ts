/** What one start of the node is configured with. */
export interface OpenSearchSettings {
  readonly folder: string;
  /** 0 for any free one, which the node then writes into `logs/http.ports`. */
  readonly port: number;
  /** More lines, those of plugins. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * opensearch.yml of a single node on loopback. JSON is YAML, so paths need no escaping of our own. The disk watermarks are absolute:
 * by percent, a large disk with plenty of room left would turn indices read-only.
 */
export function openSearchYaml(settings: OpenSearchSettings): string {
  return `${JSON.stringify(
    {
      "cluster.name": "bellwether",
      "node.name": "local",
      "discovery.type": "single-node",
      "network.host": "127.0.0.1",
      "http.port": settings.port,
      "transport.port": 0,
      "node.portsfile": true,
      "path.data": `${settings.folder}/data`,
      "path.logs": `${settings.folder}/logs`,
      "cluster.routing.allocation.disk.watermark.low": "1gb",
      "cluster.routing.allocation.disk.watermark.high": "500mb",
      "cluster.routing.allocation.disk.watermark.flood_stage": "250mb",
      ...settings.more,
    },
    null,
    2,
  )}\n`;
}
