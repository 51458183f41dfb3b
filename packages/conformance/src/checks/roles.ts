/** Roles of a model's parameters. */
import type { Role } from "@idinit/core";
import { type Adapter, type Graph, inferRoles, type ParameterUse } from "@idinit/core/graph";
import { expect } from "vitest";
import type { ConformanceCase } from "../case.js";

/** Every parameter in use has the role that the case gives, with a reason. */
export async function rolesAreInferred<Model, Written>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  const sites = inferRoles(adapter.toGraph(await one.model()), { roles: one.overrides ?? {} });
  expect(Object.fromEntries(sites.map(({ parameter, role }) => [parameter, role]))).toEqual(one.roles);
  for (const { parameter, reason } of sites) expect(reason, parameter).not.toBe("");
}

/** The same graph with other names has the same roles. */
export async function namesDoNotMatter<Model, Written>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  const graph = adapter.toGraph(await one.model());
  const { renamed, parameterName } = rename(graph);
  const roles = (of: Graph, overrides: Readonly<Record<string, Role>>) =>
    inferRoles(of, { roles: overrides }).map(({ role, closesBranch, parts }) => ({ role, closesBranch, parts }));
  const overrides = one.overrides ?? {};
  const renamedOverrides = Object.fromEntries(
    Object.entries(overrides).map(([key, role]) => [parameterName(key), role]),
  );
  expect(roles(renamed, renamedOverrides)).toEqual(roles(graph, overrides));
}

function rename(graph: Graph): { renamed: Graph; parameterName: (name: string) => string } {
  const numbered = (prefix: string) => {
    const names = new Map<string, string>();
    return (name: string) => {
      if (!names.has(name)) names.set(name, `${prefix}${names.size}`);
      return names.get(name)!;
    };
  };
  const valueName = numbered("v");
  const nodeName = numbered("n");
  const parameterName = numbered("p");
  const use = (of: ParameterUse): ParameterUse => ({ ...of, parameter: parameterName(of.parameter) });
  const renamed: Graph = {
    inputs: graph.inputs.map(valueName),
    outputs: graph.outputs.map(valueName),
    parameters: graph.parameters.map((parameter) => ({ ...parameter, name: parameterName(parameter.name) })),
    nodes: graph.nodes.map((node) => ({
      ...node,
      name: nodeName(node.name),
      inputs: node.inputs.map(valueName),
      outputs: node.outputs.map(valueName),
      slots: Object.fromEntries(Object.entries(node.slots ?? {}).map(([slot, of]) => [slot, use(of)])),
    })),
  };
  return { renamed, parameterName };
}
