import { at, eachOf, type Finding, type Guard, listOf, resourcesOf, type Template } from "./template.ts";

/** No value of a secret stands in a template, and what MSK is given as a SCRAM secret is one that it takes. */
export const secretGuards: readonly Guard[] = [
  eachOf(["AWS::SecretsManager::Secret"], "secret-in-template", ({ SecretString }) =>
    SecretString === undefined ? null : "A secret's value must never stand in a template, not even as a parameter.",
  ),
  scramSecretNames,
  secretsInStrings,
];

/** MSK takes only secrets whose names begin with `AmazonMSK_`, under a key of our own. */
function scramSecretNames(template: Template): readonly Finding[] {
  return resourcesOf(template, "AWS::MSK::BatchScramSecret").flatMap(({ logicalId, Properties }) =>
    listOf(Properties?.["SecretArnList"]).flatMap((arn): readonly Finding[] => {
      const secret = template.Resources?.[String(at(arn, "Ref"))]?.Properties;
      const name = typeof arn === "string" ? (arn.split(":secret:")[1] ?? "") : String(secret?.["Name"] ?? "");
      if (!name.startsWith("AmazonMSK_")) {
        return [
          { guard: "scram-secret-name", logicalId, message: `${name} must begin with AmazonMSK_, or MSK refuses it.` },
        ];
      }
      if (secret !== undefined && secret["KmsKeyId"] === undefined) {
        return [
          { guard: "scram-secret-key", logicalId, message: `${name} needs a key of our own, or MSK refuses it.` },
        ];
      }
      return [];
    }),
  );
}

/** What a value looks like that nobody may read. */
const shapes: readonly (readonly [name: string, shape: RegExp])[] = [
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["an Alpaca key", /\b(?:PK|AK|CK)[A-Z0-9]{18}\b/],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a password in a URL", /[a-z]:\/\/[^/\s:@]+:[^/\s@]+@/],
];

/** Keys whose value would be a secret if it were plain text. Ids and ARNs of secrets are no secrets. */
const tellingKey = /(password|passwd|secret_?key|api_?key|private_?key|access_?token)$/i;
/** CloudFormation puts the value in when it deploys, and shows it nowhere; anywhere else a machine or a person could read it. */
const resolved = /\{\{resolve:(?:secretsmanager|ssm-secure):/;
const resolvedIn = /\.MasterUserPassword(?:\.|$)/;

/** Where CDK writes what constructs are called: names that can be as long and as mixed as a password, and hold no value. */
const constructPath = ".Metadata.aws:cdk:path";

function secretsInStrings(template: Template): readonly Finding[] {
  const sections = Object.entries(template).filter(([name]) => name !== "Resources");
  const places = [...Object.entries(template.Resources ?? {}), ...sections];
  const names = new Set(Object.keys(template.Resources ?? {}));
  return places.flatMap(([name, value]) =>
    [...strings(value, "")].flatMap(({ path, text }) => {
      const what = names.has(text) || path === constructPath ? null : secretIn(path, text);
      if (what === null) return [];
      const logicalId = template.Resources?.[name] === undefined ? "" : name;
      return [{ guard: "secret-in-string", logicalId, message: `${name}${path} holds ${what}.` }];
    }),
  );
}

function secretIn(path: string, text: string): string | null {
  const known = shapes.find(([, shape]) => shape.test(text));
  if (known !== undefined) return known[0];
  if (resolved.test(text))
    return resolvedIn.test(path) ? null : "a reference that shows a secret's value to whoever sees this";
  if (tellingKey.test(path) && !/^(?:arn:|\s*$)/.test(text) && isPlain(path)) return "a secret's value, by its name";
  return text.match(passwords)?.some(isRandom) === true ? "what looks like a password" : null;
}

/** Text of its own, and no part of a reference to something else. */
function isPlain(path: string): boolean {
  return !/\.(Ref|Fn::\w+)(\.|$)/.test(path);
}

/** Our passwords are 43 characters of 256 random bits. */
const passwords = /(?<![\w+/=-])[\w-]{43}(?![\w+/=-])/g;

/** Names, and hashes in hexadecimal, are not as mixed: of 30,000 passwords one has 4.3 bits a character or less. */
function isRandom(word: string): boolean {
  if (!/[a-z]/.test(word) || !/[A-Z]/.test(word) || !/\d/.test(word)) return false;
  const counts = [...Map.groupBy(word, (letter) => letter).values()].map(({ length }) => length / word.length);
  return counts.reduce((sum, share) => sum - share * Math.log2(share), 0) > 4.3;
}

function* strings(value: unknown, path: string): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* strings(inner, Array.isArray(value) ? path : `${path}.${key}`);
}
