#!/usr/bin/perl
# System tier: wget (GnuTLS) at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

sub wget {
	my ($how, @steps) = @_;
	my $host = $how->{host} =~ /:/ ? "[$how->{host}]" : $how->{host};
	my $tls = $how->{tls} // '';
	my $port = $tls eq 'implicit' ? 990 : 21; # it takes no other for that
	my $url = ($tls ? 'ftps' : 'ftp') . "://$host:$port/";
	my @wget = ('wget', '-nv', '-t', 1, '-T', 20, "--user=$how->{user}",
	    "--password=$how->{password}", "--ca-certificate=$how->{ca}",
	    $tls eq 'implicit' ? '--ftps-implicit' : (),
	    $how->{active} ? '--no-passive-ftp' : ());
	my @commands;

	while (my $step = shift @steps) {
		my ($verb, $remote, $local) = @$step;
		my $path = ($remote // '') =~
		    s{([^\w./-])}{sprintf '%%%02X', ord $1}ger;
		my %as = (
			list => ['--no-remove-listing', '-O', '-', "$url$path/"],
			get => ['-O', $local, "$url$path"],
			get_time => ['-N', "$url$path"],
			reget => ['-c', "$url$path"],
			get_tree => ['-r', '-N', '-l', 'inf', '-nH', '--cut-dirs=1', '-P',
			    $local // '', "$url$path"],
		);
		my @command = (@wget, @{ $as{$verb} });
		push @commands, \@command, '';
	}
	return @commands;
}

my $none = 'it does downloads only';
my $client = { name => 'wget', packages => ['wget'],
    version => 'wget --version', run => \&wget, cannot => {
        (map { $_ => $none } qw(put reput put_time put_tree rename remove mkdir
            rmdir)),
        get_time => 'it has them from LIST: see "a recent time"',
        abort => 'one that is stopped ends; see "killed"' } };

jobs($client);
jobs($client, tls => $_) for 'explicit', 'implicit';

# What LIST tells of an old file is the day, of a recent one the minute.
serve($client);
fresh();
my $time = int(time / 60) * 60 - 3600;
utime $time, $time, '/home/alice/big';
my ($status, $output) = run($client, {}, ['get_time', 'big']);
my $is = (stat 'big')[9] // 0;
result(titled($client, 'plain', 'keep a recent time of a download'),
    $is == $time, $status, "$is instead of $time\n$output");

hosts($client, sni => ['explicit', 'implicit'],
    no_host => 'it sends no commands that it is told');
done_testing;
