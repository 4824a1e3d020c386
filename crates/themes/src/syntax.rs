//! A template as a tree: the part of Jinja's language that asks and repeats. What could make one text of
//! two is not in it, so that nothing grows but the page.

use crate::{
    lexer::{Token, tokens},
    problem::Fault,
};

/// So deep may tags and brackets stand in each other.
const DEPTH_MAX: usize = 40;
/// So many parts may one tag's expression have.
const LINKS_MAX: usize = 500;

/// A template that was read.
#[derive(Debug)]
pub(crate) struct Template<'s> {
    /// The template that its blocks go into.
    pub(crate) extends: Option<Expression<'s>>,
    /// What stands in it.
    pub(crate) nodes: Vec<Node<'s>>,
    /// Its blocks by their names, also those within others.
    pub(crate) blocks: Vec<(&'s str, Vec<Node<'s>>)>,
}

/// A piece of a template, with its line where something can be wrong with it.
#[derive(Debug)]
pub(crate) enum Node<'s> {
    /// Written as it stands.
    Raw(&'s str),
    /// `{{ … }}`
    Print(Expression<'s>, usize),
    /// The first whose question is true.
    If(Vec<(Expression<'s>, Vec<Node<'s>>)>, Vec<Node<'s>>, usize),
    /// The name, the list, what is repeated, what stands for an empty one.
    For(&'s str, Expression<'s>, Vec<Node<'s>>, Vec<Node<'s>>, usize),
    /// The place of a block.
    Block(&'s str),
    /// Another template.
    Include(Expression<'s>, usize),
}

/// What can be asked.
#[derive(Debug)]
pub(crate) enum Expression<'s> {
    /// A text, a number, a truth.
    Text(&'s str),
    /// See [`Expression::Text`].
    Number(i64),
    /// See [`Expression::Text`].
    Truth(bool),
    /// Values in brackets.
    List(Vec<Expression<'s>>),
    /// A name of the model.
    Name(&'s str),
    /// `of.name`
    Attribute(Box<Expression<'s>>, &'s str),
    /// `of[at]`
    Index(Box<Expression<'s>>, Box<Expression<'s>>),
    /// `of|length`
    Length(Box<Expression<'s>>),
    /// `not of`
    Not(Box<Expression<'s>>),
    /// `left sign right`
    Both(&'s str, Box<Expression<'s>>, Box<Expression<'s>>),
    /// `then if question else otherwise`
    Choice(Box<Expression<'s>>, Box<Expression<'s>>, Option<Box<Expression<'s>>>),
}

type Result<T> = std::result::Result<T, Fault>;

/// Reads a template.
pub(crate) fn read(source: &str) -> Result<Template<'_>> {
    let mut reader = Reader {
        tokens: tokens(source)?.into_iter().peekable(),
        line: 1,
        depth: 0,
        links: 0,
        template: Template { extends: None, nodes: vec![], blocks: vec![] },
    };
    let (nodes, end) = reader.nodes(&[])?;
    debug_assert!(end.is_empty(), "only the end of the text ends it");
    Ok(Template { nodes, ..reader.template })
}

struct Reader<'s> {
    tokens: std::iter::Peekable<std::vec::IntoIter<(Token<'s>, usize)>>,
    line: usize,
    depth: usize,
    links: usize,
    template: Template<'s>,
}

impl<'s> Reader<'s> {
    fn next(&mut self) -> Option<Token<'s>> {
        let (token, line) = self.tokens.next()?;
        self.line = line;
        Some(token)
    }

    fn fault(&self, words: impl Into<String>) -> Fault {
        Fault::at(self.line, &words.into())
    }

    fn take(&mut self, expected: Token<'_>) -> bool {
        self.tokens.next_if(|(token, _)| *token == expected).is_some()
    }

    fn end(&mut self) -> Result<()> {
        self.links = 0;
        if self.take(Token::End) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&mut self) -> Fault {
        let words = match self.next() {
            None | Some(Token::Raw(_)) => "A tag does not end here.".to_owned(),
            Some(Token::End | Token::PrintStart | Token::TagStart) => {
                "Something is missing.".to_owned()
            }
            Some(Token::Word(word) | Token::Sign(word)) => {
                format!("“{word}” is not expected here.")
            }
            Some(Token::Text(text)) => format!("“{text}” is not expected here."),
            Some(Token::Number(number)) => format!("“{number}” is not expected here."),
        };
        self.fault(format!("This is not how templates are written. {words}"))
    }

    fn word(&mut self) -> Result<&'s str> {
        match self.tokens.peek() {
            Some((Token::Word(word), _)) => {
                let word = *word;
                self.next();
                Ok(word)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            return Err(self.fault("Too much stands in each other here."));
        }
        Ok(())
    }

    /// One more part of a tag's expression. Chains of them are walked over by recursion, like what stands
    /// in each other.
    fn link(&mut self) -> Result<()> {
        self.links = self.links.saturating_add(1);
        if self.links > LINKS_MAX {
            return Err(self.fault("There is too much in one tag."));
        }
        Ok(())
    }

    /// Nodes up to one of these tags, whose name has been read then; up to the end of the text where there
    /// is none.
    fn nodes(&mut self, ends: &[&str]) -> Result<(Vec<Node<'s>>, &'s str)> {
        self.deeper()?;
        let mut nodes = vec![];
        let opened = self.line;
        while let Some(token) = self.next() {
            match token {
                Token::Raw(text) => nodes.push(Node::Raw(text)),
                Token::PrintStart => {
                    let line = self.line;
                    nodes.push(Node::Print(self.expression()?, line));
                    self.end()?;
                }
                _ => {
                    let name = self.word()?;
                    if ends.contains(&name) {
                        self.depth = self.depth.saturating_sub(1);
                        return Ok((nodes, name));
                    }
                    nodes.extend(self.tag(name)?);
                }
            }
        }
        self.depth = self.depth.saturating_sub(1);
        match ends.last() {
            None => Ok((nodes, "")),
            Some(end) => {
                let words = format!(
                    "This is not how templates are written. There is no {{% {end} %}} for it."
                );
                Err(Fault::at(opened, &words))
            }
        }
    }

    fn tag(&mut self, name: &str) -> Result<Option<Node<'s>>> {
        let line = self.line;
        let node = match name {
            "if" => self.choice(line)?,
            "for" => self.repetition(line)?,
            "block" => {
                let name = self.word()?;
                self.end()?;
                let (nodes, _) = self.nodes(&["endblock"])?;
                self.tokens.next_if(|(token, _)| *token == Token::Word(name));
                self.end()?;
                self.template.blocks.push((name, nodes));
                Node::Block(name)
            }
            "include" => {
                let which = self.expression()?;
                self.end()?;
                Node::Include(which, line)
            }
            "extends" => {
                self.template.extends = Some(self.expression()?);
                self.end()?;
                return Ok(None);
            }
            other => return Err(self.fault(format!("{{% {other} %}} is not possible here."))),
        };
        Ok(Some(node))
    }

    fn choice(&mut self, line: usize) -> Result<Node<'s>> {
        let mut branches = vec![];
        let mut otherwise = vec![];
        loop {
            let question = self.expression()?;
            self.end()?;
            let (nodes, end) = self.nodes(&["elif", "else", "endif"])?;
            branches.push((question, nodes));
            if end == "elif" {
                continue;
            }
            if end == "else" {
                self.end()?;
                (otherwise, _) = self.nodes(&["endif"])?;
            }
            self.end()?;
            return Ok(Node::If(branches, otherwise, line));
        }
    }

    fn repetition(&mut self, line: usize) -> Result<Node<'s>> {
        let name = self.word()?;
        if !self.take(Token::Word("in")) {
            return Err(self.unexpected());
        }
        let list = self.expression()?;
        self.end()?;
        let (nodes, end) = self.nodes(&["else", "endfor"])?;
        let mut otherwise = vec![];
        if end == "else" {
            self.end()?;
            (otherwise, _) = self.nodes(&["endfor"])?;
        }
        self.end()?;
        Ok(Node::For(name, list, nodes, otherwise, line))
    }

    fn expression(&mut self) -> Result<Expression<'s>> {
        self.deeper()?;
        let mut made = self.either()?;
        if self.take(Token::Word("if")) {
            let question = self.either()?;
            let has_other = self.take(Token::Word("else"));
            let otherwise = if has_other { Some(Box::new(self.expression()?)) } else { None };
            made = Expression::Choice(Box::new(question), Box::new(made), otherwise);
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(made)
    }

    fn either(&mut self) -> Result<Expression<'s>> {
        let mut left = self.all()?;
        while self.take(Token::Word("or")) {
            self.link()?;
            left = Expression::Both("or", Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Expression<'s>> {
        let mut left = self.negation()?;
        while self.take(Token::Word("and")) {
            self.link()?;
            left = Expression::Both("and", Box::new(left), Box::new(self.negation()?));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Expression<'s>> {
        if !self.take(Token::Word("not")) {
            return self.comparison();
        }
        self.deeper()?;
        let made = Expression::Not(Box::new(self.negation()?));
        self.depth = self.depth.saturating_sub(1);
        Ok(made)
    }

    fn comparison(&mut self) -> Result<Expression<'s>> {
        let left = self.operand()?;
        let sign = match self.tokens.peek() {
            Some((Token::Sign(sign @ ("==" | "!=" | "<" | "<=" | ">" | ">=")), _)) => *sign,
            Some((Token::Word("in"), _)) => "in",
            _ => return Ok(left),
        };
        self.next();
        Ok(Expression::Both(sign, Box::new(left), Box::new(self.operand()?)))
    }

    fn operand(&mut self) -> Result<Expression<'s>> {
        let mut made = self.atom()?;
        loop {
            self.link()?;
            if self.take(Token::Sign(".")) {
                made = Expression::Attribute(Box::new(made), self.word()?);
            } else if self.take(Token::Sign("[")) {
                made = Expression::Index(Box::new(made), Box::new(self.expression()?));
                if !self.take(Token::Sign("]")) {
                    return Err(self.unexpected());
                }
            } else if self.take(Token::Sign("|")) {
                match self.word()? {
                    "length" => made = Expression::Length(Box::new(made)),
                    other => return Err(self.fault(format!("There is no filter “{other}”."))),
                }
            } else {
                return Ok(made);
            }
        }
    }

    fn atom(&mut self) -> Result<Expression<'s>> {
        Ok(match self.tokens.peek().map(|(token, _)| *token) {
            Some(Token::Text(text)) => {
                self.next();
                Expression::Text(text)
            }
            Some(Token::Number(number)) => {
                self.next();
                Expression::Number(number)
            }
            Some(Token::Word(word)) => {
                self.next();
                match word {
                    "true" | "false" => Expression::Truth(word == "true"),
                    "and" | "or" | "not" | "in" | "if" | "else" | "super" | "self" => {
                        return Err(self.fault(format!("“{word}” is not possible here.")));
                    }
                    _ => Expression::Name(word),
                }
            }
            Some(Token::Sign("(")) => {
                self.next();
                let made = self.expression()?;
                if !self.take(Token::Sign(")")) {
                    return Err(self.unexpected());
                }
                made
            }
            Some(Token::Sign("[")) => {
                self.next();
                self.list()?
            }
            _ => return Err(self.unexpected()),
        })
    }

    fn list(&mut self) -> Result<Expression<'s>> {
        let mut values = vec![];
        while !self.take(Token::Sign("]")) {
            values.push(self.expression()?);
            if !self.take(Token::Sign(","))
                && self.tokens.peek().map(|(token, _)| *token) != Some(Token::Sign("]"))
            {
                return Err(self.unexpected());
            }
        }
        Ok(Expression::List(values))
    }
}
