import { Fn, RemovalPolicy, Stack } from "aws-cdk-lib";
import { CfnSecret, type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { acknowledge } from "../guards/acknowledge.ts";
import type { ProviderKeys } from "./keys.ts";

/**
 * A place for the Alpaca keys, with nothing in it: a value in a template, generated or given, would be a value that somebody else has seen. It is put
 * there once, by hand (`valueCommand`); until then the producer waits and says what is missing.
 */
export class AlpacaSecret extends Construct {
  readonly secret: ISecret;
  /** What the provider runs after the first deployment. It reads the value from a file, so that no shell keeps it. */
  readonly valueCommand: string;

  constructor(scope: Construct, id: string, { name, keys }: { readonly name: string; readonly keys: ProviderKeys }) {
    super(scope, id);
    // It stays when the stack goes, and must not be in the way of the next one of this name: the stack's own id follows.
    const stackUuid = Fn.select(2, Fn.split("/", Stack.of(this).stackId));
    const secretName = `${name}/alpaca-${Fn.select(0, Fn.split("-", stackUuid))}`;
    const resource = new CfnSecret(this, "Secret", {
      name: secretName,
      description: 'Alpaca keys: {"apiKey":"…","secretKey":"…"}, put by hand',
      kmsKeyId: keys.secrets.keyArn,
    });
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    acknowledge(
      resource,
      "AwsSolutions-SMG4",
      "Alpaca's keys are made by a person on Alpaca's site, which has no way to rotate them.",
    );
    this.secret = Secret.fromSecretAttributes(this, "Reference", {
      secretCompleteArn: resource.ref,
      encryptionKey: keys.secrets,
    });
    this.valueCommand = `aws secretsmanager put-secret-value --secret-id ${secretName} --secret-string file://alpaca.json`;
  }
}
