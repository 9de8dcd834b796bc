import { Stack } from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { Construct } from "constructs";

/** Tells by mail when the month has cost four fifths of what it may, and when it looks as if it will cost more. It stops nothing. */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, { email, dollars }: { readonly email: string; readonly dollars: number }) {
    super(scope, id);
    const subscribers = [{ subscriptionType: "EMAIL", address: email }];
    const notification = (notificationType: string, threshold: number) => ({
      notification: { notificationType, comparisonOperator: "GREATER_THAN", threshold, thresholdType: "PERCENTAGE" },
      subscribers,
    });
    new CfnBudget(this, "Budget", {
      budget: {
        budgetName: `${Stack.of(this).stackName}-monthly`,
        budgetType: "COST",
        timeUnit: "MONTHLY",
        budgetLimit: { amount: dollars, unit: "USD" },
      },
      notificationsWithSubscribers: [notification("ACTUAL", 80), notification("FORECASTED", 100)],
    });
  }
}
