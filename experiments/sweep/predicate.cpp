#include "experiments/sweep/predicate.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "core/config/override_parser.h"
#include "core/error.h"

namespace strang {

using config::Node;

struct Predicate::Term {
  enum class Kind { all, any, negation, comparison };
  struct Operand {
    bool is_key = false;
    std::string key;
    Node value;
  };

  Kind kind = Kind::comparison;
  std::vector<std::shared_ptr<const Term>> parts;
  // comparison
  std::string key;
  std::string relation;  // "==", ..., "in"; empty: the key alone
  std::vector<Operand> operands;
};

namespace {

using Term = Predicate::Term;
using TermPointer = std::shared_ptr<const Term>;

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) { advance(); }

  TermPointer parse() {
    TermPointer condition = chain(Term::Kind::any, "or", [this] { return conjunction(); });
    if (!token_.empty()) fail("expected 'and', 'or' or the end");
    return condition;
  }

 private:
  TermPointer condition() {
    return chain(Term::Kind::any, "or", [this] { return conjunction(); });
  }
  TermPointer conjunction() {
    return chain(Term::Kind::all, "and", [this] { return negation(); });
  }

  template <class F>
  TermPointer chain(Term::Kind kind, std::string_view word, F part) {
    TermPointer first = part();
    if (token_ != word || quoted_) return first;
    Term term{.kind = kind, .parts = {first}};
    while (take(word)) term.parts.push_back(part());
    return std::make_shared<const Term>(std::move(term));
  }

  TermPointer negation() {
    if (++depth_ > 100) fail("nested too deeply");
    TermPointer result;
    if (take("not")) {
      result =
          std::make_shared<const Term>(Term{.kind = Term::Kind::negation, .parts = {negation()}});
    } else if (take("(")) {
      result = condition();
      expect(")");
    } else {
      result = comparison();
    }
    --depth_;
    return result;
  }

  TermPointer comparison() {
    Term term;
    if (!is_word() || quoted_) fail("expected a key");
    term.key = next();
    const std::vector<std::string> relations = {"==", "!=", "<", "<=", ">", ">="};
    if (std::count(relations.begin(), relations.end(), token_) > 0 && !quoted_) {
      term.relation = next();
      term.operands.push_back(operand());
    } else if (token_ == "in" || token_ == "not") {
      const bool negated = take("not");
      expect("in");
      term.relation = "in";
      expect("[");
      do term.operands.push_back(operand());
      while (take(","));
      expect("]");
      if (negated)
        return std::make_shared<const Term>(
            Term{.kind = Term::Kind::negation,
                 .parts = {std::make_shared<const Term>(std::move(term))}});
    }
    return std::make_shared<const Term>(std::move(term));
  }

  Term::Operand operand() {
    if (quoted_) return {false, "", Node(next())};
    if (token_.starts_with("${")) {
      const std::string reference = next();
      return {true, reference.substr(2, reference.size() - 3), {}};
    }
    if (!is_word()) fail("expected a value");
    const std::size_t at = start_;
    const std::string word = next();
    try {
      return {false, "", config::parse_value(word)};
    } catch (const UsageError&) {
      start_ = at;
      fail(fmt::format("'{}' is no value", word));
    }
  }

  bool is_word() const {
    return quoted_ || (!token_.empty() &&
                       std::string_view("()[],<>=!").find(token_[0]) == std::string_view::npos);
  }
  bool take(std::string_view word) {
    if (token_ != word || quoted_) return false;
    advance();
    return true;
  }
  void expect(std::string_view word) {
    if (!take(word)) fail(fmt::format("expected '{}'", word));
  }
  std::string next() {
    std::string token = token_;
    advance();
    return token;
  }

  void advance() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    start_ = at_;
    quoted_ = false;
    token_.clear();
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    if (c == '\'' || c == '"') return quoted(c);
    if (text_.compare(at_, 2, "${") == 0) return reference();
    static constexpr std::string_view marks = "()[],<>=!";
    if (marks.find(c) != std::string_view::npos) {
      const bool two = at_ + 1 < text_.size() && text_[at_ + 1] == '=' &&
                       std::string_view("<>=!").find(c) != std::string_view::npos;
      token_ = text_.substr(at_, two ? 2 : 1);
      at_ += token_.size();
      if (token_ == "=" || token_ == "!") fail("expected '==' or '!='");
      return;
    }
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) == 0 &&
           marks.find(text_[at_]) == std::string_view::npos)
      token_ += text_[at_++];
  }

  void quoted(char quote) {
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string::npos) fail("this quote is not closed");
    token_ = text_.substr(at_ + 1, end - at_ - 1);
    quoted_ = true;
    at_ = end + 1;
  }
  void reference() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string::npos) fail("this '${' is not closed");
    token_ = text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw UsageError(
        fmt::format("sweep.where: {}\n  {}\n  {}^", what, text_, std::string(start_, ' ')));
  }

  const std::string& text_;
  std::size_t at_ = 0, start_ = 0;
  std::string token_;
  bool quoted_ = false;
  int depth_ = 0;
};

Node look_up(const std::string& key, const Node& config, const Node& choices) {
  if (const Node* choice = choices.find(key)) return *choice;
  if (const Node* value = config.at_path(key)) return *value;
  const std::size_t dot = key.rfind('.');
  const Node* parent = dot == std::string::npos ? &config : config.at_path(key.substr(0, dot));
  std::vector<std::string> names;
  if (parent != nullptr && parent->is_map())
    for (const auto& [name, child] : parent->map())
      names.push_back(dot == std::string::npos ? std::string(name)
                                               : key.substr(0, dot + 1) + std::string(name));
  throw UsageError(fmt::format("there is no key '{}'{}", key, did_you_mean(key, names)));
}

std::optional<double> number(const Node& node) {
  if (node.is_int()) return static_cast<double>(node.integer());
  if (node.is_float()) return node.floating();
  return std::nullopt;
}

bool equal(const Node& a, const Node& b) {
  const auto x = number(a), y = number(b);
  return x && y ? *x == *y : a.same_as(b);
}

bool ordered(const std::string& relation, const auto& a, const auto& b) {
  if (relation == "<") return a < b;
  if (relation == "<=") return a <= b;
  return relation == ">" ? a > b : a >= b;
}

class Evaluator {
 public:
  Evaluator(const Node& config, const Node& choices) : config_(config), choices_(choices) {}

  bool operator()(const Term& term) const {
    const auto holds = [this](const TermPointer& part) { return (*this)(*part); };
    switch (term.kind) {
      case Term::Kind::all:
        return std::all_of(term.parts.begin(), term.parts.end(), holds);
      case Term::Kind::any:
        return std::any_of(term.parts.begin(), term.parts.end(), holds);
      case Term::Kind::negation:
        return !holds(term.parts[0]);
      case Term::Kind::comparison:
        break;
    }
    return compare(term, look_up(term.key, config_, choices_));
  }

 private:
  Node value(const Term::Operand& operand) const {
    return operand.is_key ? look_up(operand.key, config_, choices_) : operand.value;
  }

  bool compare(const Term& term, const Node& left) const {
    if (term.relation.empty()) {
      require(left.is_bool(), "'{}' alone must be true or false, found a {}", term.key,
              left.kind_name());
      return left.boolean();
    }
    const auto same = [&](const Term::Operand& operand) { return equal(left, value(operand)); };
    if (term.relation == "in") return std::any_of(term.operands.begin(), term.operands.end(), same);
    if (term.relation == "==") return same(term.operands[0]);
    if (term.relation == "!=") return !same(term.operands[0]);
    const Node right = value(term.operands[0]);
    if (left.is_string() && right.is_string())
      return ordered(term.relation, left.text(), right.text());
    const auto x = number(left), y = number(right);
    require(x && y, "'{}' {} ...: a {} and a {} have no order", term.key, term.relation,
            left.kind_name(), right.kind_name());
    return ordered(term.relation, *x, *y);
  }

  const Node& config_;
  const Node& choices_;
};

}  // namespace

Predicate::Predicate(const std::string& text) : text_(text), root_(Parser(text).parse()) {}

bool Predicate::holds(const Node& config, const Node& choices) const {
  try {
    return Evaluator(config, choices)(*root_);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("sweep.where '{}': {}", text_, error.what()));
  }
}

}  // namespace strang
