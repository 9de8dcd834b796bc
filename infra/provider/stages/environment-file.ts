import { Token } from "aws-cdk-lib";

/** Names that would hold a secret's value: a machine is given ids alone, and reads the secret by its role. */
const secretNames = /(PASSWORD|SECRET_KEY|API_KEY|ACCESS_KEY|SESSION_TOKEN)$/;

/**
 * The text of a systemd environment file. Values are quoted, so that blanks and `*` are themselves.
 * @throws Error for a variable that would hold a secret, or a value with a line break
 */
export function environmentFile(environment: Readonly<Record<string, string>>): string {
  const names = Object.keys(environment).sort();
  return names.map((name) => `${name}="${escaped(name, environment[name] ?? "")}"\n`).join("");
}

function escaped(name: string, value: string): string {
  if (secretNames.test(name)) throw new Error(`${name} would be a secret in a machine's user data.`);
  // What stands for a value that is known only in AWS must stay as it is; none of ours has such characters.
  if (Token.isUnresolved(value)) return value;
  if (/[\r\n]/.test(value)) throw new Error(`${name} has a line break.`);
  return value.replaceAll(/[\\"]/g, "\\$&");
}
