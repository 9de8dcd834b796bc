import { expect, it } from "vitest";
import { guardFindings } from "../../../infra/guards/guards.ts";
import type { Template } from "../../../infra/guards/template.ts";
import { newPassword } from "../../../runtime/secrets/credentials-text.ts";

/** What is found in a function's environment that has one variable. */
function inEnvironment(name: string, value: unknown): readonly string[] {
  return found({
    Function: { Type: "AWS::Lambda::Function", Properties: { Environment: { Variables: { [name]: value } } } },
  });
}

function found(Resources: NonNullable<Template["Resources"]>, rest: Partial<Template> = {}): readonly string[] {
  return guardFindings({ Resources, ...rest }).map(({ guard }) => guard);
}

const kept = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" };

it("a secret with its value in the template is found", () => {
  const secret = (Properties: Readonly<Record<string, unknown>>) => ({
    Type: "AWS::SecretsManager::Secret",
    ...kept,
    Properties,
  });
  expect(found({ Planted: secret({ Name: "bellwether/alpaca", SecretString: "x" }) })).toEqual(["secret-in-template"]);
  expect(found({ Planted: secret({ Name: "bellwether/alpaca" }) })).toEqual([]);
});

// Put together here, so that no scanner takes these for keys that somebody lost.
const accessKey = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
const alpacaKey = ["PK", "A1B2C3D4E5F6G7H8I9"].join("");

it.each([
  ["an AWS access key", "NAME", accessKey],
  ["an Alpaca key", "NAME", `key ${alpacaKey}`],
  ["a private key", "NAME", "-----BEGIN PRIVATE KEY-----\nx"],
  ["a password in a URL", "OPENSEARCH_URL", "https://admin:hunter2@search.example.com"],
  ["a variable that is called a password", "KAFKA_SASL_PASSWORD", "hunter2"],
  ["a variable that is called a secret key", "ALPACA_SECRET_KEY", "hunter2"],
  [
    "a reference that would put the value into an environment",
    "NAME",
    "{{resolve:secretsmanager:x:SecretString:password}}",
  ],
])("a secret's value in any string is found: %s", (_, name, value) => {
  expect(inEnvironment(name, value)).toEqual(["secret-in-string"]);
});

it("what CDK calls a construct is no password, however long and mixed", () => {
  const called = "bellwetherEntitlementsSecurityGroup962D3E7E";
  const rule = (Metadata: object) => ({ Type: "AWS::EC2::SecurityGroupIngress", Properties: {}, Metadata });
  expect(found({ Rule: rule({ "aws:cdk:path": `bellwether/Search/SecurityGroup/from ${called}:443` }) })).toEqual([]);
  expect(found({ Rule: rule({ note: `of ${called}` }) })).toEqual(["secret-in-string"]);
});

it("a password as our own stores make them is found by its look, wherever it stands", () => {
  for (let tries = 0; tries < 50; tries++) {
    const password = newPassword();
    expect(inEnvironment("NAME", `--password ${password} --more`), password).toEqual(["secret-in-string"]);
    expect(found({}, { Outputs: { Planted: { Value: password } } }), password).toEqual(["secret-in-string"]);
  }
});

it("names, ids and ARNs of secrets are no secrets", () => {
  expect(inEnvironment("ALPACA_SECRET_ID", "bellwether/alpaca")).toEqual([]);
  expect(inEnvironment("OPENSEARCH_PASSWORD", { Ref: "Parameter" })).toEqual([]);
  expect(
    inEnvironment("NAME", "arn:aws:secretsmanager:us-east-1:777788889999:secret:market.customer.beta-AbCdEf"),
  ).toEqual([]);
  expect(inEnvironment("NAME", "5c9fd00ba20b9f0f8161f2bd2ccae0f9c29df2b76d34155b8bf281abc354adc8")).toEqual([]);
});

it("CloudFormation may put a domain's master password in by reference", () => {
  const domain = (password: string) => ({
    Domain: {
      Type: "AWS::OpenSearchService::Domain",
      ...kept,
      Properties: { AdvancedSecurityOptions: { MasterUserOptions: { MasterUserPassword: password } } },
    },
  });
  expect(found(domain("{{resolve:secretsmanager:x:SecretString:password}}"))).toEqual([]);
  expect(found(domain("hunter2"))).toEqual(["secret-in-string"]);
});

it("MSK's secrets are found where their names or keys would be refused", () => {
  const batch = (arn: unknown) => ({ Type: "AWS::MSK::BatchScramSecret", Properties: { SecretArnList: [arn] } });
  const secret = (Properties: Readonly<Record<string, unknown>>) => ({
    Type: "AWS::SecretsManager::Secret",
    ...kept,
    Properties,
  });
  const arn = (name: string) => `arn:aws:secretsmanager:us-east-1:777788889999:secret:${name}-AbCdEf`;
  expect(found({ Planted: batch(arn("market.beta")) })).toEqual(["scram-secret-name"]);
  expect(found({ Planted: batch(arn("AmazonMSK_market.beta")) })).toEqual([]);
  expect(found({ Planted: batch({ Ref: "S" }), S: secret({ Name: "market.beta", KmsKeyId: "k" }) })).toEqual([
    "scram-secret-name",
  ]);
  expect(found({ Planted: batch({ Ref: "S" }), S: secret({ Name: "AmazonMSK_beta" }) })).toEqual(["scram-secret-key"]);
  expect(found({ Planted: batch({ Ref: "S" }), S: secret({ Name: "AmazonMSK_beta", KmsKeyId: "k" }) })).toEqual([]);
});
