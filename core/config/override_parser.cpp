#include "core/config/override_parser.h"

#include "core/config/override_lexer.h"
#include "core/config/sweep_functions.h"
#include "core/config/yaml_scalar.h"
#include "core/error.h"

namespace strang::config {
namespace {

// Lists in lists deeper than this are no configuration but an attack on the stack.
constexpr int max_depth = 200;

class Parser {
 public:
  Parser(const std::string& line, std::uint64_t seed)
      : line_(line), tokens_(lex_override(line)), seed_(seed) {}

  Override parse() {
    Override result;
    result.text = line_;
    result.kind = prefix();
    result.key = key();
    if (take(Token::at)) result.package = package();
    if (take(Token::equal)) {
      result.value = is(Token::end) ? Element{Node(std::string())} : value();
    } else if (result.kind != Override::Kind::remove) {
      fail("expected '=' behind the key");
    }
    if (!is(Token::end)) fail(fmt::format("unexpected {}", describe(peek().token)));
    return result;
  }

 private:
  const Lexeme& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  }
  bool is(Token token) const { return peek().token == token; }
  const Lexeme* take(Token token) { return is(token) ? &tokens_[next_++] : nullptr; }
  const Lexeme& expect(Token token, std::string_view what) {
    if (const Lexeme* found = take(token)) return *found;
    fail(fmt::format("expected {}, found {}", what, describe(peek().token)));
  }

  [[noreturn]] void fail(std::string_view message) const {
    // blanks that belong to a separator are not what the message is about
    const Lexeme& token = peek();
    const auto blanks = std::min(token.text.find_first_not_of(" \t"), token.text.size());
    const bool only_blanks = blanks == token.text.size();
    fail_at(line_, token.begin + (only_blanks ? 0 : blanks), message);
  }

  Override::Kind prefix() {
    if (take(Token::tilde)) return Override::Kind::remove;
    if (!take(Token::plus)) return Override::Kind::change;
    return take(Token::plus) ? Override::Kind::force_add : Override::Kind::add;
  }

  std::string key() {
    std::string key = package();
    if (!is(Token::slash) || next_ == 0 || tokens_[next_ - 1].token != Token::id) return key;
    while (take(Token::slash)) key.append("/").append(expect(Token::id, "a group name").text);
    return key;
  }

  // Empty is allowed: `process@=vp` and the key of `=1`.
  std::string package() {
    for (const Token token : {Token::id, Token::special_id, Token::dotted})
      if (const Lexeme* found = take(token)) return std::string(found->text);
    return "";
  }

  Element value() {
    Element first = element();
    if (!is(Token::comma)) return first;
    Sweep sweep;
    sweep.simple = true;
    sweep.values.push_back(std::move(first));
    while (take(Token::comma)) sweep.values.push_back(element());
    return {std::make_shared<const Sweep>(std::move(sweep))};
  }

  Element element() {
    if (++depth_ > max_depth) fail("the value is nested too deeply");
    Element result = element_inside();
    --depth_;
    return result;
  }

  Element element_inside() {
    if (take(Token::bracket_open)) return list();
    if (take(Token::brace_open)) return dict();
    if (const Lexeme* quoted = take(Token::quoted)) return unquote(quoted->text);
    const bool called =
        is(Token::word) && peek().word == Word::id && peek(1).token == Token::paren_open;
    return called ? function() : words();
  }

  Element list() {
    Element::List items;
    if (!take(Token::bracket_close)) {
      do items.push_back(element());
      while (take(Token::comma));
      expect(Token::bracket_close, "',' or ']'");
    }
    return {std::move(items)};
  }

  Element dict() {
    Element::Dict entries;
    if (!take(Token::brace_close)) {
      do entry(entries);
      while (take(Token::comma));
      expect(Token::brace_close, "',' or '}'");
    }
    return {std::move(entries)};
  }

  void entry(Element::Dict& entries) {
    std::vector<Piece> pieces;
    while (const Lexeme* word = take(Token::word)) pieces.push_back({word->word, word->text});
    if (pieces.empty()) fail("expected an unquoted key of a dictionary");
    const Key key = scalar_key(typed(pieces));
    expect(Token::colon, "':' behind the key");
    Element item = element();
    for (auto& [known, old] : entries) {
      if (!known.same_as(key)) continue;
      old = std::move(item);
      return;
    }
    entries.emplace_back(key, std::move(item));
  }

  // A run of words, colons and interpolations; blanks inside stay, blanks around do not.
  Element words() {
    std::vector<Piece> pieces;
    for (;; ++next_) {
      if (is(Token::word))
        pieces.push_back({peek().word, peek().text});
      else if (is(Token::colon) || is(Token::interpolation))
        pieces.push_back({Word::none, peek().text});
      else
        break;
    }
    if (pieces.empty()) fail(fmt::format("expected a value, found {}", describe(peek().token)));
    if (pieces.size() == 1 && pieces[0].kind == Word::blank)
      fail("a value of blanks must be quoted");
    return {typed(pieces)};
  }

  Node typed(const std::vector<Piece>& pieces) const {
    try {
      return Node(word_value(pieces));
    } catch (const UsageError& error) {
      fail(error.what());
    }
  }

  static Element unquote(std::string_view token) {
    const char quote = token[0];
    const std::string_view inside = token.substr(1, token.size() - 2);
    std::string text;
    std::size_t backslashes = 0;
    const auto halve = [&] { text.resize(text.size() - backslashes + backslashes / 2); };
    for (const char c : inside) {
      if (c == quote) halve();
      backslashes = c == '\\' ? backslashes + 1 : 0;
      text += c;
    }
    halve();
    return {Element::Quoted{std::move(text), quote}};
  }

  Element function() {
    const Lexeme& name = tokens_[next_];
    next_ += 2;
    Call call{std::string(name.text), {}, {}, seed_};
    if (!take(Token::paren_close)) {
      do argument(call);
      while (take(Token::comma));
      expect(Token::paren_close, "',' or ')'");
    }
    try {
      return evaluate(call);
    } catch (const UsageError& error) {
      fail_at(line_, name.begin, error.what());
    }
  }

  void argument(Call& call) {
    const bool named = is(Token::word) && peek().word == Word::id && peek(1).token == Token::equal;
    if (!named) {
      if (!call.named.empty()) fail("an argument without a name behind one with a name");
      call.positional.push_back(element());
      return;
    }
    const std::string name(peek().text);
    next_ += 2;
    for (const auto& [known, value] : call.named)
      if (known == name) fail(fmt::format("argument '{}' is given twice", name));
    call.named.emplace_back(name, element());
  }

  const std::string& line_;
  std::vector<Lexeme> tokens_;
  std::uint64_t seed_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

}  // namespace

Override parse_override(const std::string& line, std::uint64_t seed) {
  return Parser(line, seed).parse();
}

std::vector<Override> parse_overrides(const std::vector<std::string>& lines, std::uint64_t seed) {
  std::vector<Override> overrides;
  overrides.reserve(lines.size());
  for (const auto& line : lines) overrides.push_back(parse_override(line, seed));
  return overrides;
}

Node parse_value(const std::string& text) {
  const Override parsed = parse_override("value=" + text);
  return parsed.value->to_node({text, 0, 0});
}

}  // namespace strang::config
