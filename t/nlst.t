#!/usr/bin/perl
# Transcript tier, no root: NLST. Names that can be given back to RETR.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file($_, 'x') for 'b', 'a', '.hidden', 'sub/one', 'sub/two', 'sub/deep/x';
symlink 'a', $server->data('link');
symlink 'nowhere', $server->data('dangling');
my $c = $server->login('alice');

sub listed {
	my ($line, @names) = @_;
	my ($lines, $code) = $c->list($line);

	is($code, 226, "$line ends with 226");
	is_deeply($lines, \@names, $line);
}

listed('NLST', qw(a b dangling link sub));
listed('NLST -a', qw(. .. .hidden a b dangling link sub));
listed('NLST sub', qw(sub/deep sub/one sub/two));
listed('NLST /sub', qw(/sub/deep /sub/one /sub/two));
listed('NLST sub/', qw(sub/deep sub/one sub/two));
listed('NLST a', 'a');
listed('NLST sub/*e', 'sub/one');
listed('NLST [ab]', 'a', 'b');
listed('NLST *nothing*');
listed('NLST .h*', '.hidden');
listed('NLST -F', qw(a b dangling@ link@ sub/));
listed('NLST -1', qw(a b dangling link sub));
my ($lines) = $c->list('NLST -l a');
like($lines->[0], qr/^-rw\S+ .* a$/, 'NLST -l is LIST');

# Each name that NLST tells can be fetched.
($lines) = $c->list('NLST sub/*');
for my $name (grep { !/deep/ } @$lines) {
	is(($c->retr($name))[0], 'x', "RETR $name as NLST told it");
}
$c->pasv;
$c->expect('NLST missing', 550);
$c->expect('NLST', 425);

# A pattern costs time as its length, not as its stars' power.
$server->file('a' x 200);
my $pattern = '*a' x 60 . 'b';
listed("NLST $pattern");

# A file whose name is a pattern is found by it.
$server->file('[x]', 'y');
listed('NLST [x]', '[x]');

# More than memory bears is sorted in pieces, and nothing is lost. Made in an
# order that is no directory's, forth or back.
my @many = map { sprintf '%06d%s', $_, 'n' x 244 } 1 .. 60000;
$server->dir('many');
chdir $server->data('many') or die "chdir: $!";
Inftpd::Test::write_file($many[0], '');
for my $i ((map { 2 * $_ } 1 .. 29999), map { 2 * $_ + 1 } 0 .. 29999) {
	link $many[0], $many[$i] or die "link: $!";
}
chdir '/';
($lines) = $c->list('NLST many');
s{^many/}{} for @$lines;
my $pieces = 1 + grep { $lines->[$_] lt $lines->[$_ - 1] } 1 .. $#$lines;
cmp_ok($pieces, '<=', 2, '60000 long names are two pieces');
ok(join(' ', sort @$lines) eq join(' ', @many), 'and all are there');
cmp_ok($pieces, '>', 1, 'not all at once');
$c->quit;
done_testing;
