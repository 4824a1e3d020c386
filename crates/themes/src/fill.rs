//! Fills templates: walks over their trees with a model, and writes the page.

use crate::{
    problem::Fault,
    syntax::{Expression, Node, Template},
    value::Value,
};

type Result<T> = std::result::Result<T, Fault>;

/// What a page may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Nodes and expressions that are walked over.
    pub(crate) steps: u64,
    /// Bytes of the page.
    pub(crate) bytes: usize,
    /// Templates that include each other.
    pub(crate) depth: usize,
}

/// The templates of a page.
pub(crate) trait Templates<'a> {
    /// The template of this name, with its name as it was found.
    fn find(&self, name: &str) -> Result<&'a Template<'a>>;
}

/// Fills the template of this name.
pub(crate) fn fill<'a>(
    templates: &dyn Templates<'a>,
    name: &str,
    model: &'a [(&'static str, Value)],
    limits: Limits,
) -> Result<String> {
    let out = String::with_capacity(16 << 10);
    let mut filler = Filler { templates, model, scope: vec![], out, limits };
    filler.template(name).map_err(|fault| fault.of(name))?;
    Ok(filler.out)
}

struct Filler<'a, 't> {
    templates: &'t dyn Templates<'a>,
    model: &'a [(&'static str, Value)],
    scope: Vec<(&'a str, Value)>,
    out: String,
    limits: Limits,
}

/// A template and those that it extends, with their names, from the one that was asked for.
type Chain<'a> = Vec<(&'a Template<'a>, String)>;

impl<'a> Filler<'a, '_> {
    fn template(&mut self, name: &str) -> Result<()> {
        self.limits.depth =
            self.limits.depth.checked_sub(1).ok_or_else(|| {
                Fault::at(0, "Templates include or extend each other without end.")
            })?;
        let mut chain: Chain<'a> = vec![];
        let mut next = name.to_owned();
        let nodes = loop {
            let template = self.templates.find(&next)?;
            let Some(extends) = &template.extends else {
                chain.push((template, next));
                break &template.nodes;
            };
            if chain.len() > self.limits.depth {
                return Err(Fault::at(1, "Templates extend each other without end."));
            }
            let parent = self.value(extends).map_err(|fault| fault.of(&next))?;
            chain.push((template, std::mem::replace(&mut next, text(&parent)?.to_owned())));
        };
        let last = chain.last().map(|(_, name)| name.clone()).unwrap_or_default();
        self.nodes(nodes, &chain).map_err(|fault| fault.of(&last))?;
        self.limits.depth = self.limits.depth.saturating_add(1);
        Ok(())
    }

    fn nodes(&mut self, nodes: &'a [Node<'a>], chain: &Chain<'a>) -> Result<()> {
        nodes.iter().try_for_each(|node| self.node(node, chain))
    }

    fn step(&mut self) -> Result<()> {
        self.steps(1)
    }

    /// What walks over a text takes as many steps as that is long.
    fn steps_over(&mut self, text: &str) -> Result<()> {
        self.steps(text.len().checked_div(BYTES_A_STEP).unwrap_or(0) as u64)
    }

    fn steps(&mut self, count: u64) -> Result<()> {
        let steps = self.limits.steps.checked_sub(count);
        self.limits.steps =
            steps.ok_or_else(|| Fault::at(0, "It takes too long. Has it loops in loops?"))?;
        Ok(())
    }

    fn node(&mut self, node: &'a Node<'a>, chain: &Chain<'a>) -> Result<()> {
        self.step()?;
        match node {
            Node::Raw(text) => self.write(text),
            Node::Print(value, line) => {
                self.value(value).and_then(|value| self.print(&value)).map_err(|f| f.on(*line))
            }
            Node::If(branches, otherwise, line) => {
                for (question, nodes) in branches {
                    if self.value(question).map_err(|fault| fault.on(*line))?.is_true() {
                        return self.nodes(nodes, chain);
                    }
                }
                self.nodes(otherwise, chain)
            }
            Node::For(name, list, nodes, otherwise, line) => {
                let values = match self.value(list).map_err(|fault| fault.on(*line))? {
                    Value::List(values) => values,
                    Value::Missing => return Err(Fault::at(*line, NO_NAME)),
                    _ => return Err(Fault::at(*line, "This is not a list.")),
                };
                if values.is_empty() {
                    return self.nodes(otherwise, chain);
                }
                let scope = self.scope.len();
                for (at, value) in (1..).zip(values.iter()) {
                    self.scope.push(("loop", Value::Loop(at, values.len())));
                    self.scope.push((name, value.clone()));
                    self.nodes(nodes, chain)?;
                    self.scope.truncate(scope);
                }
                Ok(())
            }
            Node::Block(name) => {
                let found = chain.iter().find_map(|(template, file)| {
                    let block = template.blocks.iter().find(|(known, _)| known == name);
                    block.map(|(_, nodes)| (nodes, file))
                });
                let Some((nodes, file)) = found else { return Ok(()) };
                self.nested(|filler| filler.nodes(nodes, chain)).map_err(|fault| fault.of(file))
            }
            Node::Include(which, line) => {
                let which = self.value(which).map_err(|fault| fault.on(*line))?;
                let name = text(&which).map_err(|fault| fault.on(*line))?;
                self.template(name).map_err(|fault| fault.within(name).on(*line))
            }
        }
    }

    fn nested(&mut self, run: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let depth = self.limits.depth;
        self.limits.depth = depth
            .checked_sub(1)
            .ok_or_else(|| Fault::at(0, "Blocks stand in each other without end."))?;
        run(self)?;
        self.limits.depth = depth;
        Ok(())
    }

    fn value(&mut self, expression: &'a Expression<'a>) -> Result<Value> {
        self.step()?;
        Ok(match expression {
            Expression::Text(text) => {
                self.steps_over(text)?;
                (*text).into()
            }
            Expression::Number(number) => (*number).into(),
            Expression::Truth(is_so) => (*is_so).into(),
            Expression::List(values) => {
                let values: Result<Vec<Value>> = values.iter().map(|v| self.value(v)).collect();
                Value::List(values?.into())
            }
            Expression::Name(name) => {
                let local = self.scope.iter().rev().find(|(known, _)| known == name);
                let local = local.map(|(_, value)| value);
                let found = local.or_else(|| {
                    let of_model = self.model.iter().rev().find(|(known, _)| known == name);
                    of_model.map(|(_, value)| value)
                });
                found.cloned().unwrap_or(Value::Missing)
            }
            Expression::Attribute(of, name) => {
                let of = self.value(of)?;
                of.attribute(name).ok_or_else(|| match of {
                    Value::Missing => Fault::at(0, NO_NAME),
                    _ => Fault::at(0, &format!("There is no “{name}” in this.")),
                })?
            }
            Expression::Index(of, at) => index(&self.value(of)?, &self.value(at)?)?,
            Expression::Length(of) => {
                let of = self.value(of)?;
                if let Value::Text(text) | Value::Html(text) = &of {
                    self.steps_over(text)?;
                }
                let length = of.length();
                length.ok_or_else(|| Fault::at(0, "This has no length."))?.into()
            }
            Expression::Not(of) => (!self.value(of)?.is_true()).into(),
            Expression::Both(sign, left, right) => self.both(sign, left, right)?,
            Expression::Choice(question, then, otherwise) => {
                if self.value(question)?.is_true() {
                    return self.value(then);
                }
                match otherwise {
                    Some(otherwise) => self.value(otherwise)?,
                    None => "".into(),
                }
            }
        })
    }

    fn both(
        &mut self,
        sign: &str,
        left: &'a Expression<'a>,
        right: &'a Expression<'a>,
    ) -> Result<Value> {
        let left = self.value(left)?;
        match sign {
            "and" if !left.is_true() => return Ok(left),
            "or" if left.is_true() => return Ok(left),
            "and" | "or" => return self.value(right),
            _ => {}
        }
        let right = self.value(right)?;
        let order = match (&left, &right) {
            (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
            _ => None,
        };
        let ordered = || order.ok_or_else(|| Fault::at(0, "Only numbers are more or less."));
        Ok(Value::Truth(match sign {
            "==" => self.same(&left, &right)?,
            "!=" => !self.same(&left, &right)?,
            "<" => ordered()?.is_lt(),
            "<=" => ordered()?.is_le(),
            ">" => ordered()?.is_gt(),
            ">=" => ordered()?.is_ge(),
            _ => match &right {
                Value::List(values) => self.has(values, &left)?,
                _ => return Err(Fault::at(0, "Only a list can be asked what is in it.")),
            },
        }))
    }

    fn has(&mut self, values: &[Value], wanted: &Value) -> Result<bool> {
        for value in values {
            if self.same(value, wanted)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Texts are the same whether they are HTML or not. Each part that is looked at is a step: lists may
    /// hold the same list many times.
    fn same(&mut self, left: &Value, right: &Value) -> Result<bool> {
        self.step()?;
        match (left, right) {
            (Value::Text(a) | Value::Html(a), Value::Text(b) | Value::Html(b)) => {
                self.steps_over(if a.len() == b.len() { a } else { "" })?;
                Ok(a == b)
            }
            (Value::List(a), Value::List(b)) if a.len() == b.len() => {
                for (a, b) in a.iter().zip(b.iter()) {
                    if !self.same(a, b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Map(a), Value::Map(b)) if a.len() == b.len() => {
                for ((name, a), (other, b)) in a.iter().zip(b.iter()) {
                    if name != other || !self.same(a, b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::List(_) | Value::Map(_), _) => Ok(false),
            _ => Ok(left == right),
        }
    }

    fn write(&mut self, text: &str) -> Result<()> {
        if self.out.len().saturating_add(text.len()) > self.limits.bytes {
            return Err(Fault::at(0, "It writes more than 4 megabytes."));
        }
        self.out.push_str(text);
        Ok(())
    }

    fn print(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Html(html) => self.write(html),
            Value::Text(text) => self.escape(text),
            Value::Number(number) => self.write(&number.to_string()),
            Value::Missing => Err(Fault::at(0, NO_NAME)),
            _ => Err(Fault::at(0, "This is neither a text nor a number, so it cannot be written.")),
        }
    }

    fn escape(&mut self, mut text: &str) -> Result<()> {
        let is_special = |c: char| matches!(c, '&' | '<' | '>' | '"' | '\'');
        while let Some((before, rest)) =
            text.find(is_special).and_then(|at| text.split_at_checked(at))
        {
            self.write(before)?;
            let mut rest = rest.chars();
            self.write(match rest.next() {
                Some('&') => "&#38;",
                Some('<') => "&#60;",
                Some('>') => "&#62;",
                Some('"') => "&#34;",
                _ => "&#39;",
            })?;
            text = rest.as_str();
        }
        self.write(text)
    }
}

const BYTES_A_STEP: usize = 64;
const NO_NAME: &str = "There is no such name.";

fn text(value: &Value) -> Result<&str> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(Fault::at(0, "This is not the name of a template.")),
    }
}

fn index(of: &Value, at: &Value) -> Result<Value> {
    match (of, at) {
        (Value::List(values), Value::Number(at)) => {
            let found = usize::try_from(*at).ok().and_then(|at| values.get(at));
            Ok(found.cloned().unwrap_or(Value::Missing))
        }
        (_, Value::Text(name)) => {
            of.attribute(name).ok_or_else(|| Fault::at(0, "There are no names in this."))
        }
        _ => Err(Fault::at(0, "This is not a list.")),
    }
}
