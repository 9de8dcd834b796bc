/** A template as JSON, as far as its values are of interest. */
export interface SynthesisedTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

const account = "123456789012";
const region = "us-east-1";
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;

/** What the ARN of a resource of this type looks like; a scanner judges actions by it. */
const arns: Readonly<Record<string, (name: string) => string>> = {
  "AWS::EC2::Volume": () => arn("ec2", "volume/vol-0123456789abcdef0"),
  "AWS::IAM::Role": (name) => `arn:aws:iam::${account}:role/${name}`,
  "AWS::KMS::Key": () => arn("kms", "key/01234567-89ab-cdef-0123-456789abcdef"),
  "AWS::Lambda::Function": (name) => arn("lambda", `function:${name}`),
  "AWS::Logs::LogGroup": (name) => arn("logs", `log-group:${name}:*`),
  "AWS::MSK::Cluster": (name) => arn("kafka", `cluster/${name}/01234567-89ab-cdef-0123-456789abcdef-5`),
  "AWS::OpenSearchService::Domain": (name) => arn("es", `domain/${name.toLowerCase().slice(0, 20)}`),
  "AWS::S3::Bucket": (name) => `arn:aws:s3:::${name.toLowerCase()}`,
  "AWS::SecretsManager::Secret": (name) => arn("secretsmanager", `secret:${name}-AbCdEf`),
  "AWS::SNS::Topic": (name) => arn("sns", name),
  "AWS::StepFunctions::StateMachine": (name) => arn("states", `stateMachine:${name}`),
};

/** Of these types `Ref` is the ARN, and not a name. */
const refIsArn = new Set([
  "AWS::SecretsManager::Secret",
  "AWS::SNS::Topic",
  "AWS::StepFunctions::StateMachine",
  "AWS::MSK::Cluster",
]);

const pseudo: Readonly<Record<string, string>> = {
  "AWS::AccountId": account,
  "AWS::Partition": "aws",
  "AWS::Region": region,
  "AWS::StackId": `arn:aws:cloudformation:${region}:${account}:stack/stack/01234567`,
  "AWS::StackName": "stack",
  "AWS::URLSuffix": "amazonaws.com",
};

/** A value of a template with made-up names and ARNs in the places of what only a deployment knows. */
export function resolved(value: unknown, template: SynthesisedTemplate): unknown {
  const of = (inner: unknown): unknown => resolved(inner, template);
  if (Array.isArray(value)) return value.map(of);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined)
    return Object.fromEntries(entries.map(([key, each]) => [key, of(each)]));
  switch (name) {
    case "Ref":
      return refOf(String(argument), template);
    case "Fn::GetAtt": {
      const [id = "", attribute = ""] = argument as string[];
      return attribute.endsWith("Arn") ? arnOf(id, template) : `${id}-${attribute}`;
    }
    case "Fn::Join": {
      const [by, parts] = of(argument) as [string, string[]];
      return parts.join(by);
    }
    case "Fn::Split": {
      const [by, text] = of(argument) as [string, string];
      return text.split(by);
    }
    case "Fn::Select": {
      const [index, list] = of(argument) as [string | number, unknown];
      return Array.isArray(list) ? list[Number(index)] : `selected-${index}`;
    }
    case "Fn::Sub":
      return String(argument).replaceAll(/\$\{([^}]+)\}/g, (_, id: string) => refOf(id, template));
    case "Fn::GetAZs":
      return ["a", "b", "c"].map((letter) => region + letter);
    default:
      return { [name]: of(argument) };
  }
}

function refOf(id: string, template: SynthesisedTemplate): string {
  const type = template.Resources[id]?.Type ?? "";
  return pseudo[id] ?? (refIsArn.has(type) ? arnOf(id, template) : id);
}

function arnOf(id: string, template: SynthesisedTemplate): string {
  const type = template.Resources[id]?.Type ?? "";
  return arns[type]?.(id) ?? arn(type.split("::")[1]?.toLowerCase() ?? "unknown", id);
}
