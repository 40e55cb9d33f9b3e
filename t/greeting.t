#!/usr/bin/perl
# Transcript tier, no root: the greeting, and what is said where there can be
# no service.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->start;
my @lines = $c->expect_reply(220, 'FTP server ready.', 'the greeting');
unlike("@lines", qr/inftpd|\d+\.\d+/i, 'names neither program nor version');
$c->quit;

$server = Inftpd::Test->new(conf => { ftpd_banner => 'Welcome to blah FTP service.' });
$c = $server->start;
$c->expect_reply(220, 'Welcome to blah FTP service.', 'ftpd_banner');
$c->quit;

$server = Inftpd::Test->new;
$server->write_conf('conf.d/banner.conf', { banner_file =>
    $server->file('banner', "First\n220 Second\n\nlast\e[1m") });
$c = $server->start;
@lines = $c->expect_reply(220);
is_deeply(\@lines, ['220-First', '220-220 Second', '220-', '220-last?[1m',
    '220 FTP server ready.'], 'banner_file, each line with the code');
$c->quit;

# A configuration that is wrong: 421, and the log says where.
$server = Inftpd::Test->new(conf => { anonymous_enable => 'MAYBE' });
$c = $server->start;
$c->expect_reply(421, qr/configuration/, 'a bad value: 421');
$c->expect_end;
like($c->log, qr/inftpd\.conf:\d+.*anonymous_enable/,
    'the log names file, line and directive');
$c->exit_status;
$c->{checked} = 1;

# One that becomes wrong between two connections.
$server = Inftpd::Test->new;
$c = $server->login('alice');
$server->write_conf('conf.d/bad.conf', { no_such_thing => 'YES' });
my $second = $server->start;
$second->expect_reply(421, undef, 'the next connection: 421');
$second->exit_status;
$second->{checked} = 1;
unlink "$server->{dir}/conf/conf.d/bad.conf";
$second = $server->connect;
ok($second, 'repaired: the one after it is served');
$_->quit for $c, $second;

# No room for the user: a root directory that is not there.
$server->user('lost', local_root => '/nonexistent/directory');
$c = $server->connect;
$c->expect('USER lost', 331);
my ($code) = $c->cmd('PASS secret');
like($code, qr/^(421|530)$/, 'local_root is missing: no login');
like($c->log, qr{/nonexistent/directory}, 'the log names it');
$c->hang_up;
$c->check;

# All accounts off.
$server = Inftpd::Test->new(conf => { anonymous_enable => 'NO',
    virtual_enable => 'NO' });
$c = $server->connect;
for my $user ('anonymous', 'alice') {
	$c->expect("USER $user", 331);
	$c->expect('PASS secret', 530);
}
$c->quit;
$server->done;
done_testing;
